// SPDX-License-Identifier: MIT
#include "steps/step_queue.h"

#include <pthread.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"

enum { BLOCK_ROWS = 512, BLOCK_BYTES = 256 * 1024 };

/* A row whose texts are in a block: by place, as the block's memory may move while it is filled. */
struct kept_row {
	int64_t key;
	int64_t script;
	int64_t kind;
	size_t machine;
	size_t description;
};

/* One is filled while the other is inserted. */
struct block {
	struct kept_row rows[BLOCK_ROWS];
	size_t count;
	struct strbuf texts;
};

struct step_queue {
	struct query insert; /* kept ready for the next row */
	struct block blocks[2];
	struct block *filling;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct block *given; /* to the thread; NULL: it has nothing to do */
	bool is_over;
	struct error failure; /* of the thread */
};

/* ---- Inserting ------------------------------------------------------------------------------------------- */

static bool insert_row(struct query *insert, const struct kept_row *row, const char *texts, struct error *err)
{
	query_bind_int(insert, row->key);
	query_bind_int(insert, row->script);
	query_bind_int(insert, row->kind);
	query_bind_text(insert, texts + row->machine);
	query_bind_text(insert, texts + row->description);
	return query_run(insert, err);
}

static bool insert_block(struct query *insert, struct block *block, struct error *err)
{
	bool fine = true;

	for (size_t i = 0; fine && i < block->count; i++)
		fine = insert_row(insert, &block->rows[i], block->texts.data, err);
	block->count = 0;
	strbuf_clear(&block->texts);
	return fine;
}

static void *insert_what_is_given(void *context)
{
	struct step_queue *queue = context;

	(void)pthread_mutex_lock(&queue->mutex);
	while (!queue->is_over || queue->given) {
		if (!queue->given) {
			(void)pthread_cond_wait(&queue->changed, &queue->mutex);
			continue;
		}
		(void)pthread_mutex_unlock(&queue->mutex);
		if (!error_is_set(&queue->failure))
			(void)insert_block(&queue->insert, queue->given, &queue->failure);
		(void)pthread_mutex_lock(&queue->mutex);
		queue->given = NULL;
		(void)pthread_cond_signal(&queue->changed);
	}
	(void)pthread_mutex_unlock(&queue->mutex);
	return NULL;
}

/* ---- The caller's side ----------------------------------------------------------------------------------- */

bool step_queue_new(struct ledger *ledger, struct step_queue **ret, struct error *err)
{
	struct step_queue *queue = xcalloc(1, sizeof(*queue));

	queue->blocks[0].texts = queue->blocks[1].texts = (struct strbuf)STRBUF_INIT;
	queue->filling = &queue->blocks[0];
	(void)pthread_mutex_init(&queue->mutex, NULL);
	(void)pthread_cond_init(&queue->changed, NULL);
	*ret = queue;
	return query_open(&queue->insert, ledger, QUERY_STEP_INSERT, err);
}

/* Whatever became of the block that was given away. */
static bool wait_for_thread(struct step_queue *queue, struct error *err)
{
	(void)pthread_mutex_lock(&queue->mutex);
	while (queue->given)
		(void)pthread_cond_wait(&queue->changed, &queue->mutex);
	(void)pthread_mutex_unlock(&queue->mutex);
	if (!error_is_set(&queue->failure))
		return true;
	return error_set(err, queue->failure.code, "%s", queue->failure.message);
}

void step_queue_free(struct step_queue *queue)
{
	if (!queue)
		return;
	(void)pthread_mutex_lock(&queue->mutex);
	queue->is_over = true;
	(void)pthread_cond_signal(&queue->changed);
	(void)pthread_mutex_unlock(&queue->mutex);
	if (queue->has_thread)
		(void)pthread_join(queue->thread, NULL);
	query_release(&queue->insert);
	strbuf_release(&queue->blocks[0].texts);
	strbuf_release(&queue->blocks[1].texts);
	(void)pthread_mutex_destroy(&queue->mutex);
	(void)pthread_cond_destroy(&queue->changed);
	error_release(&queue->failure);
	free(queue);
}

bool step_queue_drain(struct step_queue *queue, struct error *err)
{
	return wait_for_thread(queue, err) && insert_block(&queue->insert, queue->filling, err);
}

static bool give_away(struct step_queue *queue, struct error *err)
{
	if (!wait_for_thread(queue, err))
		return false;
	if (!queue->has_thread)
		queue->has_thread = pthread_create(&queue->thread, NULL, insert_what_is_given, queue) == 0;
	if (!queue->has_thread)
		return insert_block(&queue->insert, queue->filling, err);
	(void)pthread_mutex_lock(&queue->mutex);
	queue->given = queue->filling;
	(void)pthread_cond_signal(&queue->changed);
	(void)pthread_mutex_unlock(&queue->mutex);
	queue->filling = queue->filling == &queue->blocks[0] ? &queue->blocks[1] : &queue->blocks[0];
	return true;
}

static size_t keep_text(struct block *block, const char *text)
{
	size_t place = block->texts.length;

	strbuf_add(&block->texts, text, strlen(text) + 1);
	return place;
}

bool step_queue_add(struct step_queue *queue, const struct step_row *row, struct error *err)
{
	struct block *block = queue->filling;

	block->rows[block->count++] = (struct kept_row){ .key = row->key,
							 .script = row->script,
							 .kind = row->kind,
							 .machine = keep_text(block, row->machine),
							 .description = keep_text(block, row->description) };
	return (block->count < BLOCK_ROWS && block->texts.length < BLOCK_BYTES) || give_away(queue, err);
}
