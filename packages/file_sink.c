// SPDX-License-Identifier: MIT
#include "packages/file_sink.h"

#include <inttypes.h>

#include "packages/entry_error.h"
#include "runbook/base/alloc.h"

enum { RATIO_FROM_BYTES = 64 * 1024 * 1024, BUFFER_BYTES = 256 * 1024 };

void file_sink_init(struct file_sink *sink, struct extract_job *job)
{
	*sink = (struct file_sink){ .job = job };
	file_writer_init(&sink->writer, job->tree_fd, &job->report);
}

void file_sink_release(struct file_sink *sink)
{
	writer_process_free(sink->helper);
	file_writer_release(&sink->writer);
	free(sink->buffer);
	sink->helper = NULL;
	sink->buffer = NULL;
}

void file_sink_share_work(struct file_sink *sink)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	(void)writer_process_start(sink->job, &sink->helper, &ignored);
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
	return tree_writer_make_folder(&sink->writer.tree, path, err);
}

/* The helper cannot be given anything any more: finds out why. */
static bool helper_gone(struct file_sink *sink, struct error *err)
{
	if (!writer_process_finish(sink->helper, err))
		return false;
	return error_set(err, ERROR_SYSTEM, "the process that writes is gone");
}

bool file_sink_begin(struct file_sink *sink, const struct sink_item *item, struct error *err)
{
	sink->item = *item;
	sink->file_bytes = 0;
	sink->helped = sink->helper && writer_process_takes(sink->helper, &item->head, item->size_bytes);
	if (!sink->helped)
		return file_writer_begin(&sink->writer, &item->head, err);
	return writer_process_begin(sink->helper, &item->head, sink->job->error_order) || helper_gone(sink, err);
}

bool file_sink_room(struct file_sink *sink, void **ret, size_t *ret_bytes, struct error *err)
{
	if (sink->helped) {
		*ret = writer_process_room(sink->helper, ret_bytes);
		return *ret || helper_gone(sink, err);
	}
	if (!sink->buffer)
		sink->buffer = xmalloc_pages(BUFFER_BYTES);
	*ret = sink->buffer;
	*ret_bytes = BUFFER_BYTES;
	return true;
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
	if (!sink->helped)
		return file_writer_add(&sink->writer, data, length, err);
	writer_process_add(sink->helper, length);
	return true;
}

bool file_sink_end(struct file_sink *sink, struct error *err)
{
	if (sink->item.size_bytes >= 0 && sink->file_bytes < (uint64_t)sink->item.size_bytes)
		return entry_damaged(err, sink->item.name, "is shorter than the %" PRId64 " bytes it declares",
				     sink->item.size_bytes);
	atomic_fetch_add(&sink->job->shared->files, 1);
	if (!sink->helped)
		return file_writer_end(&sink->writer, err);
	return writer_process_end(sink->helper) || helper_gone(sink, err);
}

bool file_sink_finish(struct file_sink *sink, struct error *err)
{
	return !sink->helper || writer_process_finish(sink->helper, err);
}
