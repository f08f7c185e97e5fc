// SPDX-License-Identifier: MIT
#include "packages/file_window.h"

#include <errno.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

enum { WINDOW_BYTES = 32 * 1024 };

void file_window_init(struct file_window *window, int fd, uint64_t file_bytes)
{
	*window = (struct file_window){ .fd = fd, .file_bytes = file_bytes };
}

void file_window_release(struct file_window *window)
{
	free(window->buffer);
	window->buffer = NULL;
	window->length = 0;
	window->alloc = 0;
}

static bool fill(struct file_window *window, uint64_t offset, size_t length, struct error *err)
{
	size_t wanted = length < WINDOW_BYTES ? WINDOW_BYTES : length;

	if (wanted > window->alloc) {
		free(window->buffer);
		window->buffer = xmalloc_pages(wanted);
		window->alloc = wanted;
	}
	window->start = offset;
	window->length = 0;
	while (window->length < length) {
		ssize_t got = pread(window->fd, window->buffer + window->length, wanted - window->length,
				    (off_t)(offset + window->length));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "cannot be read");
		if (got == 0)
			return false;
		window->length += (size_t)got;
	}
	return true;
}

const unsigned char *file_window_at(struct file_window *window, uint64_t offset, size_t length, struct error *err)
{
	if (offset > window->file_bytes || length > window->file_bytes - offset)
		return NULL;
	/* There may be no buffer yet, and nothing may be added to that. */
	if (!length)
		return (const unsigned char *)"";
	if (offset < window->start || offset - window->start + length > window->length) {
		if (!fill(window, offset, length, err))
			return NULL;
	}
	return window->buffer + (offset - window->start);
}
