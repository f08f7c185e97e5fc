// SPDX-License-Identifier: MIT
/*
 * A view of a file of which a few bytes are needed here and there, mostly onwards: a buffered pread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runbook/base/error.h"

struct file_window {
	int fd; /* not owned */
	uint64_t file_bytes;
	uint64_t start; /* of what is in the buffer */
	size_t length;
	size_t alloc;
	unsigned char *buffer; /* owned */
};

void file_window_init(struct file_window *window, int fd, uint64_t file_bytes);
void file_window_release(struct file_window *window);

/*
 * The `length` bytes at `offset`, valid until the next call. NULL if they are not all in the file (`err` is untouched: the caller knows what
 * it is that is missing) or cannot be read (ERROR_SYSTEM).
 */
const unsigned char *file_window_at(struct file_window *window, uint64_t offset, size_t length, struct error *err);
