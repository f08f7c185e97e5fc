// SPDX-License-Identifier: MIT
#include "packages/archive_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

enum { SOURCE_BYTES = 256 * 1024 };

void archive_source_init(struct archive_source *source, int fd, uint64_t end)
{
	*source = (struct archive_source){ .fd = fd, .end = end, .buffer = xmalloc_pages(SOURCE_BYTES) };
}

void archive_source_release(struct archive_source *source)
{
	free(source->buffer);
	source->buffer = NULL;
}

la_ssize_t archive_source_read(struct archive_source *source, const void **ret)
{
	uint64_t rest = source->end - source->offset;
	ssize_t got;

	do
		got = pread(source->fd, source->buffer, rest < SOURCE_BYTES ? (size_t)rest : SOURCE_BYTES,
			    (off_t)source->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		source->read_errno = errno;
	else
		source->offset += (uint64_t)got;
	*ret = source->buffer;
	return got;
}

static la_ssize_t read_source(struct archive *archive, void *data, const void **ret_buffer)
{
	struct archive_source *source = data;
	la_ssize_t got = archive_source_read(source, ret_buffer);

	if (got < 0)
		archive_set_error(archive, source->read_errno, "cannot be read");
	return got;
}

static la_int64_t skip_source(struct archive *archive, void *data, la_int64_t request)
{
	struct archive_source *source = data;
	uint64_t rest = source->end - source->offset;
	uint64_t skipped = request < 0 ? 0 : (uint64_t)request < rest ? (uint64_t)request : rest;

	(void)archive;
	source->offset += skipped;
	return (la_int64_t)skipped;
}

static la_int64_t seek_source(struct archive *archive, void *data, la_int64_t offset, int whence)
{
	struct archive_source *source = data;
	la_int64_t base = whence == SEEK_SET ? 0 : (la_int64_t)(whence == SEEK_CUR ? source->offset : source->end);
	la_int64_t target;

	if (__builtin_add_overflow(base, offset, &target) || target < 0 || (uint64_t)target > source->end) {
		archive_set_error(archive, EINVAL, "points outside the file");
		return ARCHIVE_FATAL;
	}
	source->offset = (uint64_t)target;
	return target;
}

int archive_source_open(struct archive_source *source, struct archive *archive)
{
	archive_read_set_read_callback(archive, read_source);
	archive_read_set_skip_callback(archive, skip_source);
	archive_read_set_seek_callback(archive, seek_source);
	archive_read_set_callback_data(archive, source);
	return archive_read_open1(archive);
}
