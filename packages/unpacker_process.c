// SPDX-License-Identifier: MIT
#include "packages/unpacker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

enum { SLOTS = 8, SLOT_BYTES = 256 * 1024, ERROR_BYTES = 200 };

/* What passes through the pipes: the slots are used in turns, so that they need no number. */
enum token { TOKEN_DATA = 'd', TOKEN_END = 'e', TOKEN_ERROR = 'x', TOKEN_FREE = 'f' };

struct shared {
	uint32_t lengths[SLOTS];
	uint64_t offset; /* of the source */
	char error[ERROR_BYTES];
	_Alignas(4096) unsigned char slots[SLOTS][SLOT_BYTES];
};

struct unpacker_process {
	struct shared *shared;
	struct unpacker *unpacker;     /* not owned */
	struct archive_source *source; /* not owned */
	const struct cage *cage;
	pid_t pid;       /* 0: has been waited for */
	int full[2];     /* from the process: one token for each slot that it has filled */
	int free[2];     /* to the process: one token for each slot that was read */
	size_t slot;     /* the next one */
	bool slot_taken; /* by the caller, who reads the one before it */
	bool ended;
	char error[ERROR_BYTES];
};

static bool send_token(int fd, char token)
{
	return TEMP_FAILURE_RETRY(write(fd, &token, 1)) == 1;
}

/* 0: the other side is gone. */
static char receive_token(int fd)
{
	char token = 0;

	return TEMP_FAILURE_RETRY(read(fd, &token, 1)) == 1 ? token : '\0';
}

/* What the unpacker has given and is not yet in a slot. */
struct rest {
	const unsigned char *data;
	size_t length;
};

/* Fills a slot as far as it goes; 0: there is no more, -1: it is damaged. */
static ssize_t fill_slot(struct unpacker_process *process, struct rest *rest)
{
	unsigned char *slot = process->shared->slots[process->slot];
	size_t filled = 0;

	while (filled < SLOT_BYTES) {
		size_t length = rest->length < SLOT_BYTES - filled ? rest->length : SLOT_BYTES - filled;
		const void *data = NULL;
		ssize_t got;

		(void)memcpy(slot + filled, rest->data, length);
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
	size_t free_slots = SLOTS;
	ssize_t length;

	(void)close(process->full[0]);
	(void)close(process->free[1]);
	while ((length = fill_slot(process, &rest)) > 0) {
		process->shared->lengths[process->slot] = (uint32_t)length;
		process->shared->offset = process->source->offset;
		process->slot = (process->slot + 1) % SLOTS;
		if (!send_token(process->full[1], TOKEN_DATA))
			return ERROR_SYSTEM;
		if (!--free_slots && receive_token(process->free[0]) == TOKEN_FREE)
			free_slots++;
		if (!free_slots)
			return ERROR_SYSTEM;
	}
	if (length < 0)
		(void)snprintf(process->shared->error, ERROR_BYTES, "%s", unpacker_error(process->unpacker));
	return send_token(process->full[1], length < 0 ? TOKEN_ERROR : TOKEN_END) ? 0 : ERROR_SYSTEM;
}

static bool make_pipes(struct unpacker_process *process, struct error *err)
{
	if (pipe2(process->full, O_CLOEXEC) < 0 || pipe2(process->free, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	return true;
}

static bool start(struct unpacker_process *process, struct error *err)
{
	void *memory = mmap(NULL, sizeof(*process->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return error_set_errno(err, errno, "cannot share memory");
	process->shared = memory;
	if (!make_pipes(process, err) || !cage_fork(run, process, &process->pid, err))
		return false;
	/* Our end of the other pipe stays open: a token for a process that has done its work must not end us. */
	cleanup_fd_(&process->full[1]);
	process->full[1] = -1;
	return true;
}

bool unpacker_process_start(struct unpacker *unpacker, struct archive_source *source, const struct cage *cage,
			    struct unpacker_process **ret, struct error *err)
{
	struct unpacker_process *process = xcalloc(1, sizeof(*process));

	*process = (struct unpacker_process){
		.unpacker = unpacker, .source = source, .cage = cage, .full = { -1, -1 }, .free = { -1, -1 }
	};
	if (start(process, err)) {
		*ret = process;
		return true;
	}
	unpacker_process_free(process);
	return false;
}

/* Once nobody reads or writes the pipes any more it ends by itself. */
void unpacker_process_free(struct unpacker_process *process)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	int code = 0;

	if (!process)
		return;
	for (size_t i = 0; i < 2; i++) {
		cleanup_fd_(&process->full[i]);
		cleanup_fd_(&process->free[i]);
	}
	if (process->pid)
		(void)cage_wait(process->pid, process->cage, &code, &ignored);
	if (process->shared)
		(void)munmap(process->shared, sizeof(*process->shared));
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

static ssize_t take_slot(struct unpacker_process *process, const void **ret)
{
	uint32_t length = process->shared->lengths[process->slot];

	*ret = process->shared->slots[process->slot];
	process->source->offset = process->shared->offset;
	process->slot = (process->slot + 1) % SLOTS;
	process->slot_taken = true;
	return length <= SLOT_BYTES ? (ssize_t)length : -1;
}

ssize_t unpacker_process_read(struct unpacker_process *process, const void **ret)
{
	char token = process->ended ? (char)TOKEN_END : '\0';

	if (process->slot_taken && !process->ended)
		(void)send_token(process->free[1], TOKEN_FREE);
	process->slot_taken = false;
	if (!token)
		token = receive_token(process->full[0]);
	if (token == TOKEN_DATA)
		return take_slot(process, ret);
	process->ended = true;
	if (token == TOKEN_END)
		return 0;
	if (token == TOKEN_ERROR)
		(void)snprintf(process->error, ERROR_BYTES, "%.*s", ERROR_BYTES - 1, process->shared->error);
	else
		explain_death(process);
	return -1;
}

const char *unpacker_process_error(const struct unpacker_process *process)
{
	return *process->error ? process->error : "damaged";
}
