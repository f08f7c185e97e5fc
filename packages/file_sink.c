// SPDX-License-Identifier: MIT
#include "packages/file_sink.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "packages/entry_error.h"
#include "runbook/base/fs.h"

enum { RATIO_FROM_BYTES = 64 * 1024 * 1024 };

void file_sink_init(struct file_sink *sink, struct extract_job *job)
{
	*sink = (struct file_sink){ .job = job, .digest = digest_new(), .fd = -1 };
	tree_writer_init(&sink->writer, job->tree_fd);
}

void file_sink_release(struct file_sink *sink)
{
	tree_writer_release(&sink->writer);
	digest_free(sink->digest);
	sink->digest = NULL;
	cleanup_fd_(&sink->fd);
	sink->fd = -1;
}

bool file_sink_check_size(const struct extract_job *job, const char *name, uint64_t size_bytes, uint64_t before_bytes,
			  struct error *err)
{
	const struct extract_limits *limits = job->limits;
	uint64_t total = 0;

	if (size_bytes > limits->file_bytes)
		return entry_refused(err, name, "is larger than the limit of %" PRIu64 " bytes", limits->file_bytes);
	if (__builtin_add_overflow(before_bytes, size_bytes, &total) || total > limits->total_bytes)
		return entry_refused(err, name, "all files together exceed the limit of %" PRIu64 " bytes",
				     limits->total_bytes);
	if (total > RATIO_FROM_BYTES && total / limits->ratio > job->archive_bytes)
		return entry_refused(err, name, "the archive unpacks to more than %u times its size", limits->ratio);
	return true;
}

bool file_sink_make_folder(struct file_sink *sink, const char *path, struct error *err)
{
	return tree_writer_make_folder(&sink->writer, path, err);
}

bool file_sink_begin(struct file_sink *sink, const struct sink_item *item, struct error *err)
{
	sink->item = *item;
	sink->file_bytes = 0;
	digest_start(sink->digest);
	return tree_writer_create(&sink->writer, item->path, item->executable, &sink->fd, err);
}

/* Counts what comes out, whatever the archive says there would. */
static bool count(struct file_sink *sink, size_t length, struct error *err)
{
	const struct sink_item *item = &sink->item;
	uint64_t before = atomic_fetch_add(&sink->job->shared->bytes, length) - sink->file_bytes;

	sink->file_bytes += length;
	if (item->size_bytes >= 0 && sink->file_bytes > (uint64_t)item->size_bytes)
		return entry_damaged(err, item->name, "is longer than the %" PRId64 " bytes it declares",
				     item->size_bytes);
	return file_sink_check_size(sink->job, item->name, sink->file_bytes, before, err);
}

bool file_sink_add(struct file_sink *sink, const void *data, size_t length, struct error *err)
{
	if (!count(sink, length, err))
		return false;
	digest_add(sink->digest, data, length);
	return fs_write_all(sink->fd, data, length, sink->item.path, err);
}

bool file_sink_end(struct file_sink *sink, struct error *err)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, sink->item.mtime };
	struct report_file file = { .size_bytes = sink->file_bytes, .executable = sink->item.executable };
	CLEANUP_FD int fd = take_fd(&sink->fd);

	if (sink->item.size_bytes >= 0 && sink->file_bytes < (uint64_t)sink->item.size_bytes)
		return entry_damaged(err, sink->item.name, "is shorter than the %" PRId64 " bytes it declares",
				     sink->item.size_bytes);
	if (futimens(fd, times) < 0)
		return error_set_errno(err, errno, "%s", sink->item.path);
	digest_finish(sink->digest, file.digest);
	atomic_fetch_add(&sink->job->shared->files, 1);
	return report_file(&sink->job->report, sink->item.path, &file) ? true
								       : error_set_errno(err, errno, "cannot report");
}
