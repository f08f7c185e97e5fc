// SPDX-License-Identifier: MIT
#include "packages/writer_process.h"

#include <string.h>

#include "packages/cage.h"
#include "packages/slot_queue.h"
#include "runbook/base/alloc.h"

enum { BATCHES = 64, BATCH_BYTES = 256 * 1024, BATCH_TEXT_BYTES = 16 * 1024, PAGE_BYTES = 4096 };
enum { BATCH_PIECES = BATCH_BYTES / PAGE_BYTES };

/* While we write a file ourselves the other process has so much to do that it does not run out of work. */
enum { SPARE_BATCHES = 8 };

/* A file, or a part of one. */
struct piece {
	size_t at; /* in the batch's data */
	size_t length;
	bool first; /* of its file; then the head is set, with the path in the batch's text */
	bool last;
	bool executable;
	size_t path_at;
	struct timespec mtime;
	uint64_t order;
};

/* What is handed over at once. Each piece begins a page: others are slow to be written. */
struct batch {
	size_t count;
	size_t bytes;
	size_t text_bytes;
	struct piece pieces[BATCH_PIECES];
	char text[BATCH_TEXT_BYTES];
	_Alignas(PAGE_BYTES) unsigned char data[BATCH_BYTES];
};

enum { TOKEN_BATCH = 'b', TOKEN_END = 'e' };

struct writer_process {
	struct extract_job *job; /* not owned */
	struct slot_queue queue;
	struct batch *batch; /* that is being filled; NULL: none */
	struct piece *piece; /* of it, of the file that is open; NULL: none yet */
	pid_t pid;           /* 0: has been waited for */
};

static bool write_piece(struct file_writer *writer, const struct batch *batch, const struct piece *piece,
			struct error *err)
{
	const struct file_head head = { batch->text + piece->path_at, piece->mtime, piece->executable };

	return (!piece->first || file_writer_begin(writer, &head, err)) &&
	       file_writer_add(writer, batch->data + piece->at, piece->length, err) &&
	       (!piece->last || file_writer_end(writer, err));
}

static bool write_batch(struct file_writer *writer, const struct batch *batch, uint64_t *order, struct error *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->pieces[i].first)
			*order = batch->pieces[i].order;
		if (!write_piece(writer, batch, &batch->pieces[i], err))
			return false;
	}
	return true;
}

/* The other process. */
static int run(void *context)
{
	struct writer_process *process = context;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct report_writer report = { .fd = process->job->report.fd };
	CLEANUP(file_writer_release) struct file_writer writer;
	const void *batch = NULL;
	uint64_t order = 0;
	bool fine = true;
	char token = TOKEN_BATCH;

	slot_queue_become_reader(&process->queue);
	file_writer_init(&writer, process->job->tree_fd, &report);
	while (fine && (token = slot_queue_receive(&process->queue, &batch)) == TOKEN_BATCH)
		fine = write_batch(&writer, batch, &order, &err);
	if (!fine)
		(void)report_error(&report, order, &err);
	return report_flush(&report) && token == TOKEN_END ? 0 : ERROR_SYSTEM;
}

bool writer_process_start(struct extract_job *job, struct writer_process **ret, struct error *err)
{
	struct writer_process *process = xcalloc(1, sizeof(*process));

	*process = (struct writer_process){ .job = job, .queue = SLOT_QUEUE_INIT };
	if (slot_queue_open(&process->queue, BATCHES, sizeof(struct batch), err) &&
	    cage_fork(run, process, &process->pid, err)) {
		slot_queue_become_filler(&process->queue);
		*ret = process;
		return true;
	}
	writer_process_free(process);
	return false;
}

void writer_process_free(struct writer_process *process)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	int code = 0;

	if (!process)
		return;
	slot_queue_release(&process->queue);
	if (process->pid)
		(void)cage_wait(process->pid, process->job->cage, &code, &ignored);
	free(process);
}

bool writer_process_takes(struct writer_process *process, const struct file_head *head, int64_t size_bytes)
{
	size_t waiting = BATCHES - slot_queue_count_free(&process->queue);

	if (strlen(head->path) >= BATCH_TEXT_BYTES)
		return false;
	/* Twice: the processor that we have serves the decompressor, too. */
	return size_bytes < 0 || waiting < SPARE_BATCHES ||
	       (waiting - SPARE_BATCHES) * BATCH_BYTES < 2 * (uint64_t)size_bytes;
}

static bool hand_over(struct writer_process *process, char token)
{
	process->batch = NULL;
	process->piece = NULL;
	return slot_queue_send(&process->queue, token);
}

/* A batch with room for one more piece with so much text; NULL: the other process is gone. */
static struct batch *batch_for(struct writer_process *process, size_t text_bytes)
{
	struct batch *batch = process->batch;

	if (batch &&
	    (batch->count == BATCH_PIECES || batch->bytes == BATCH_BYTES ||
	     batch->text_bytes + text_bytes > BATCH_TEXT_BYTES) &&
	    !hand_over(process, TOKEN_BATCH))
		return NULL;
	if (process->batch)
		return process->batch;
	process->batch = batch = slot_queue_room(&process->queue);
	if (batch)
		batch->count = batch->bytes = batch->text_bytes = 0;
	return batch;
}

static struct piece *add_piece(struct batch *batch)
{
	struct piece *piece = &batch->pieces[batch->count++];

	*piece = (struct piece){ .at = batch->bytes };
	return piece;
}

bool writer_process_begin(struct writer_process *process, const struct file_head *head, uint64_t order)
{
	size_t path_bytes = strlen(head->path) + 1;
	struct batch *batch = batch_for(process, path_bytes);

	if (!batch)
		return false;
	process->piece = add_piece(batch);
	*process->piece =
		(struct piece){ batch->bytes, 0, true, false, head->executable, batch->text_bytes, head->mtime, order };
	(void)memcpy(batch->text + batch->text_bytes, head->path, path_bytes);
	batch->text_bytes += path_bytes;
	return true;
}

void *writer_process_room(struct writer_process *process, size_t *ret_bytes)
{
	struct batch *batch = batch_for(process, 0);

	if (!batch)
		return NULL;
	*ret_bytes = BATCH_BYTES - batch->bytes;
	return batch->data + batch->bytes;
}

void writer_process_add(struct writer_process *process, size_t length)
{
	struct batch *batch = process->batch;
	size_t pages = (length + PAGE_BYTES - 1) / PAGE_BYTES;

	if (!process->piece || process->piece->length)
		process->piece = add_piece(batch);
	process->piece->length = length;
	batch->bytes += pages * PAGE_BYTES;
}

bool writer_process_end(struct writer_process *process)
{
	struct batch *batch = process->piece ? process->batch : batch_for(process, 0);

	if (!batch)
		return false;
	if (!process->piece)
		process->piece = add_piece(batch);
	process->piece->last = true;
	process->piece = NULL;
	return true;
}

bool writer_process_finish(struct writer_process *process, struct error *err)
{
	pid_t pid = process->pid;
	int code = 0;

	if ((!process->batch || hand_over(process, TOKEN_BATCH)) && slot_queue_room(&process->queue))
		(void)hand_over(process, TOKEN_END);
	slot_queue_release(&process->queue);
	process->pid = 0;
	if (!cage_wait(pid, process->job->cage, &code, err))
		return false;
	return code == 0 ? true
			 : error_set(err, ERROR_REFUSED, "the process that writes ended early (exit code %d)", code);
}
