// SPDX-License-Identifier: MIT
#include "packages/unpacker_process.h"

#include <stdio.h>
#include <string.h>

#include "packages/slot_queue.h"
#include "runbook/base/alloc.h"

enum { SLOTS = 8, SLOT_BYTES = 256 * 1024, ERROR_BYTES = 200 };

enum token { TOKEN_DATA = 'd', TOKEN_END = 'e', TOKEN_ERROR = 'x' };

struct slot {
	uint32_t length;
	uint64_t offset;         /* of the source */
	char error[ERROR_BYTES]; /* of TOKEN_ERROR */
	_Alignas(4096) unsigned char data[SLOT_BYTES];
};

struct unpacker_process {
	struct slot_queue queue;
	struct unpacker *unpacker;     /* not owned */
	struct archive_source *source; /* not owned */
	const struct cage *cage;
	pid_t pid; /* 0: has been waited for */
	bool ended;
	char error[ERROR_BYTES];
};

/* What the unpacker has given and is not yet in a slot. */
struct rest {
	const unsigned char *data;
	size_t length;
};

/* Fills a slot as far as it goes; 0: there is no more, -1: it is damaged. */
static ssize_t fill_slot(struct unpacker_process *process, struct slot *slot, struct rest *rest)
{
	size_t filled = 0;

	while (filled < SLOT_BYTES) {
		size_t length = rest->length < SLOT_BYTES - filled ? rest->length : SLOT_BYTES - filled;
		const void *data = NULL;
		ssize_t got;

		(void)memcpy(slot->data + filled, rest->data, length);
		filled += length;
		rest->data += length;
		rest->length -= length;
		if (rest->length)
			continue;
		got = unpacker_read(process->unpacker, &data);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		*rest = (struct rest){ data, (size_t)got };
	}
	return (ssize_t)filled;
}

/* The other process. */
static int run(void *context)
{
	struct unpacker_process *process = context;
	struct rest rest = { (const unsigned char *)"", 0 };
	struct slot *slot;

	slot_queue_become_filler(&process->queue);
	while ((slot = slot_queue_room(&process->queue))) {
		ssize_t length = fill_slot(process, slot, &rest);

		if (length < 0)
			(void)snprintf(slot->error, ERROR_BYTES, "%s", unpacker_error(process->unpacker));
		if (length <= 0)
			return slot_queue_send(&process->queue, length < 0 ? TOKEN_ERROR : TOKEN_END) ? 0
												      : ERROR_SYSTEM;
		slot->length = (uint32_t)length;
		slot->offset = process->source->offset;
		if (!slot_queue_send(&process->queue, TOKEN_DATA))
			return ERROR_SYSTEM;
	}
	return ERROR_SYSTEM;
}

bool unpacker_process_start(struct unpacker *unpacker, struct archive_source *source, const struct cage *cage,
			    struct unpacker_process **ret, struct error *err)
{
	struct unpacker_process *process = xcalloc(1, sizeof(*process));

	*process = (struct unpacker_process){
		.unpacker = unpacker, .source = source, .cage = cage, .queue = SLOT_QUEUE_INIT
	};
	if (slot_queue_open(&process->queue, SLOTS, sizeof(struct slot), err) &&
	    cage_fork(run, process, &process->pid, err)) {
		slot_queue_become_reader(&process->queue);
		*ret = process;
		return true;
	}
	unpacker_process_free(process);
	return false;
}

/* Once nobody has the queue's other side any more it ends by itself. */
void unpacker_process_free(struct unpacker_process *process)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	int code = 0;

	if (!process)
		return;
	slot_queue_release(&process->queue);
	if (process->pid)
		(void)cage_wait(process->pid, process->cage, &code, &ignored);
	free(process);
}

/* It is gone without a word. */
static void explain_death(struct unpacker_process *process)
{
	CLEANUP_ERROR struct error end = ERROR_INIT;
	int code = 0;

	if (cage_wait(process->pid, process->cage, &code, &end))
		(void)error_set(&end, ERROR_REFUSED, "the process that decompresses ended early (exit code %d)", code);
	process->pid = 0;
	(void)snprintf(process->error, ERROR_BYTES, "%s", end.message);
}

ssize_t unpacker_process_read(struct unpacker_process *process, const void **ret)
{
	const void *memory = NULL;
	const struct slot *slot;
	char token = process->ended ? (char)TOKEN_END : slot_queue_receive(&process->queue, &memory);

	slot = memory;
	process->ended = token != TOKEN_DATA;
	if (token == TOKEN_END)
		return 0;
	if (token == TOKEN_DATA) {
		*ret = slot->data;
		process->source->offset = slot->offset;
		return slot->length <= SLOT_BYTES ? (ssize_t)slot->length : -1;
	}
	if (token == TOKEN_ERROR)
		(void)snprintf(process->error, ERROR_BYTES, "%.*s", ERROR_BYTES - 1, slot->error);
	else
		explain_death(process);
	return -1;
}

const char *unpacker_process_error(const struct unpacker_process *process)
{
	return *process->error ? process->error : "damaged";
}
