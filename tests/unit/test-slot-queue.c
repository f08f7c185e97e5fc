// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/slot_queue.h"

enum { SLOTS = 8, SLOT_BYTES = 4096, COUNT = 1000 };

static void open_queue(struct slot_queue *queue)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	*queue = (struct slot_queue)SLOT_QUEUE_INIT;
	assert_true(slot_queue_open(queue, SLOTS, SLOT_BYTES, &err));
}

static bool fill(struct slot_queue *queue, int number, char token)
{
	int *slot = slot_queue_room(queue);

	if (!slot)
		return false;
	*slot = number;
	return slot_queue_send(queue, token);
}

/* In a child, which ends with 0 if all went well. */
static pid_t start(struct slot_queue *queue, bool (*act)(struct slot_queue *queue))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(act(queue) ? 0 : 1);
	return pid;
}

static void assert_ended_well(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool fill_many(struct slot_queue *queue)
{
	slot_queue_become_filler(queue);
	for (int i = 0; i < COUNT; i++)
		if (!fill(queue, i, (char)('a' + i % 26)))
			return false;
	return fill(queue, COUNT, '.');
}

static void test_order(void **state)
{
	struct slot_queue queue;
	const void *slot = NULL;
	pid_t pid;

	(void)state;
	open_queue(&queue);
	pid = start(&queue, fill_many);
	slot_queue_become_reader(&queue);
	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(slot_queue_receive(&queue, &slot), 'a' + i % 26);
		assert_int_equal(*(const int *)slot, i);
	}
	assert_int_equal(slot_queue_receive(&queue, &slot), '.');
	assert_ended_well(pid);
	assert_int_equal(slot_queue_receive(&queue, &slot), SLOT_QUEUE_GONE);
	slot_queue_release(&queue);
}

static bool fill_one(struct slot_queue *queue)
{
	slot_queue_become_filler(queue);
	return fill(queue, 1, 'a');
}

/* What was filled before is still there. */
static void test_filler_gone(void **state)
{
	struct slot_queue queue;
	const void *slot = NULL;

	(void)state;
	open_queue(&queue);
	assert_ended_well(start(&queue, fill_one));
	slot_queue_become_reader(&queue);
	assert_int_equal(slot_queue_receive(&queue, &slot), 'a');
	assert_int_equal(slot_queue_receive(&queue, &slot), SLOT_QUEUE_GONE);
	slot_queue_release(&queue);
}

static bool read_half(struct slot_queue *queue)
{
	const void *slot = NULL;

	slot_queue_become_reader(queue);
	for (int i = 0; i <= SLOTS / 2; i++)
		if (slot_queue_receive(queue, &slot) != 'a' || *(const int *)slot != i)
			return false;
	return true;
}

/* Half of the slots come back; then there is nobody, which is told and does not end us. */
static void test_reader_gone(void **state)
{
	struct slot_queue queue;
	pid_t pid;

	(void)state;
	open_queue(&queue);
	pid = start(&queue, read_half);
	slot_queue_become_filler(&queue);
	assert_int_equal(slot_queue_count_free(&queue), SLOTS);
	for (int i = 0; i < SLOTS; i++)
		assert_true(fill(&queue, i, 'a'));
	assert_ended_well(pid);
	assert_int_equal(slot_queue_count_free(&queue), SLOTS / 2);
	for (int i = 0; i < SLOTS / 2; i++)
		assert_true(fill(&queue, i, 'a'));
	assert_int_equal(slot_queue_count_free(&queue), 0);
	assert_null(slot_queue_room(&queue));
	slot_queue_release(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_filler_gone),
		cmocka_unit_test(test_reader_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
