// SPDX-License-Identifier: MIT
#include "packages/slot_queue.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

/* So many slots are given back at once: the filler, if it sleeps, then has something to do for a while. */
enum { GROUP = 4 };

static void close_end(int *fd)
{
	cleanup_fd_(fd);
	*fd = -1;
}

bool slot_queue_open(struct slot_queue *queue, size_t slots, size_t slot_bytes, struct error *err)
{
	void *memory = mmap(NULL, slots * slot_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert(slots <= SLOT_QUEUE_SLOTS);
	if (memory == MAP_FAILED)
		return error_set_errno(err, errno, "cannot share memory");
	queue->memory = memory;
	queue->slots = slots;
	queue->slot_bytes = slot_bytes;
	queue->free_slots = slots;
	if (pipe2(queue->full, O_CLOEXEC) < 0 || pipe2(queue->free, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	return true;
}

void slot_queue_release(struct slot_queue *queue)
{
	for (size_t i = 0; i < 2; i++) {
		cleanup_fd_(&queue->full[i]);
		cleanup_fd_(&queue->free[i]);
	}
	if (queue->memory)
		(void)munmap(queue->memory, queue->slots * queue->slot_bytes);
	*queue = (struct slot_queue)SLOT_QUEUE_INIT;
}

/* The other ends stay open: a token for a process that is gone must not end us. */
void slot_queue_become_filler(struct slot_queue *queue)
{
	close_end(&queue->free[1]);
}

void slot_queue_become_reader(struct slot_queue *queue)
{
	close_end(&queue->full[1]);
}

static void *next_slot(const struct slot_queue *queue)
{
	return queue->memory + queue->next * queue->slot_bytes;
}

/* As many as there are; 0: the other side is gone. */
static size_t receive_tokens(struct slot_queue *queue, int fd)
{
	ssize_t got = TEMP_FAILURE_RETRY(read(fd, queue->token, sizeof(queue->token)));

	return got > 0 ? (size_t)got : 0;
}

static bool send_tokens(int fd, const char *tokens, size_t count)
{
	return TEMP_FAILURE_RETRY(write(fd, tokens, count)) == (ssize_t)count;
}

size_t slot_queue_count_free(struct slot_queue *queue)
{
	struct pollfd given_back = { queue->free[0], POLLIN, 0 };

	if (poll(&given_back, 1, 0) > 0)
		queue->free_slots += receive_tokens(queue, queue->free[0]);
	return queue->free_slots;
}

void *slot_queue_room(struct slot_queue *queue)
{
	if (!queue->free_slots)
		queue->free_slots = receive_tokens(queue, queue->free[0]);
	return queue->free_slots ? next_slot(queue) : NULL;
}

bool slot_queue_send(struct slot_queue *queue, char token)
{
	queue->free_slots--;
	queue->next = (queue->next + 1) % queue->slots;
	return send_tokens(queue->full[1], &token, 1);
}

static void give_back(struct slot_queue *queue)
{
	static const char tokens[SLOT_QUEUE_SLOTS];

	if (++queue->read_slots < GROUP)
		return;
	(void)send_tokens(queue->free[1], tokens, queue->read_slots);
	queue->read_slots = 0;
}

char slot_queue_receive(struct slot_queue *queue, const void **ret)
{
	if (queue->taken)
		give_back(queue);
	if (!queue->tokens) {
		queue->tokens = receive_tokens(queue, queue->full[0]);
		queue->token_at = 0;
	}
	queue->taken = queue->tokens > 0;
	if (!queue->taken)
		return SLOT_QUEUE_GONE;
	*ret = next_slot(queue);
	queue->next = (queue->next + 1) % queue->slots;
	queue->tokens--;
	return queue->token[queue->token_at++];
}
