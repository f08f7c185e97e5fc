// SPDX-License-Identifier: MIT
/*
 * The cage: a child process that reads what a stranger has made, and can do no harm when that takes it over.
 *
 * Inside it can read the descriptors it was given and make files and folders below one folder, and nothing else: other files are out of reach (Landlock where the
 * kernel has it; for root also a root of its own and no capabilities), there is no network, no new program, no signal or debugger to other processes, and no link, device or
 * FIFO can be made (a system call filter on x86-64 and arm64). Memory, processor time, file size and descriptors are limited always. No core is dumped.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runbook/base/error.h"

struct cage {
	int tree_fd;           /* the folder below which it may write */
	int kept[2];           /* further descriptors that stay open; -1: none. Standard error stays, too. */
	uint64_t memory_bytes; /* in addition to what the process has when it enters */
	uint64_t file_bytes;
	unsigned cpu_seconds; /* of each process in the cage */
};

/*
 * Locks the calling process in, for good; children that it makes are locked in as well, each with limits of its own. To be called in a child with one thread, after all that
 * opens files by itself (locales, time zones, libcrypto) has done so. If it fails, the process must end.
 */
bool cage_enter(const struct cage *cage, struct error *err);

/*
 * Makes a child process that ends with what `run` returns, never later than its parent. Its signals are as in a new program, but that a file over
 * the limit is an error (EFBIG) for who writes it, not the end.
 */
bool cage_fork(int (*run)(void *context), void *context, pid_t *ret, struct error *err);

/* How many processors there are for these processes. */
size_t cage_processors(void);

/*
 * Waits for such a child. Returns true with what `run` returned; otherwise it was ended by a signal and the error says which limit it is that it hit, or that it
 * crashed: ERROR_REFUSED.
 */
bool cage_wait(pid_t pid, const struct cage *cage, int *ret_code, struct error *err);
