// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "packages/entry_error.h"
#include "packages/entry_name.h"
#include "packages/extract_unpack.h"
#include "packages/file_sink.h"
#include "packages/name_tree.h"
#include "packages/package_reader.h"
#include "runbook/base/alloc.h"

/* Below that a second process is not worth its start. */
enum { SHARE_FROM_BYTES = 1024 * 1024 };

struct stream {
	struct extract_job *job;
	struct package_reader *reader;
	struct name_tree *names;
	struct file_sink sink;
	uint64_t entries;
};

static void stream_release(struct stream *stream)
{
	/* First: its process has copies of the descriptors by which the reader's process is to notice that it shall end. */
	file_sink_release(&stream->sink);
	package_reader_free(stream->reader);
	name_tree_free(stream->names);
}

static bool copy_content(struct stream *stream, struct error *err)
{
	void *buffer = NULL;
	size_t room = 0;
	size_t length = 0;

	while (length == room) {
		if (!file_sink_room(&stream->sink, &buffer, &room, err) ||
		    !package_reader_read(stream->reader, buffer, room, &length, err) ||
		    !file_sink_add(&stream->sink, buffer, length, err))
			return false;
		atomic_store(&stream->job->shared->done, package_reader_position(stream->reader));
	}
	return true;
}

static bool extract_file(struct stream *stream, const struct package_item *item, const char *path, struct error *err)
{
	const struct sink_item to = { item->name, item->size_bytes, { path, item->mtime, item->executable } };

	/* A size that is over the limit is not waited for. */
	if (item->size_bytes > 0 && !file_sink_check_size(stream->job, item->name, (uint64_t)item->size_bytes, 0, err))
		return false;
	return file_sink_begin(&stream->sink, &to, err) && copy_content(stream, err) &&
	       file_sink_end(&stream->sink, err);
}

static bool extract_item(struct stream *stream, const struct package_item *item, struct error *err)
{
	const struct extract_limits *limits = stream->job->limits;
	CLEANUP_FREE char *path = NULL;
	const char *reason = entry_name_normalise(
		item->name, &(struct entry_name_limits){ limits->depth, limits->path_bytes }, &path);

	if (reason)
		return entry_refused(err, item->name, "its name %s", reason);
	if (!*path && !item->folder)
		return entry_refused(err, item->name, "its name is empty");
	if (!*path)
		return true;
	if (!name_tree_add(stream->names, path, item->folder, err))
		return false;
	if (item->folder)
		return file_sink_make_folder(&stream->sink, path, err);
	return extract_file(stream, item, path, err);
}

static bool extract_items(struct stream *stream, struct error *err)
{
	for (;;) {
		CLEANUP(package_item_release) struct package_item item = { .name = NULL };
		bool end = false;

		stream->job->error_order = stream->entries + 1;
		if (!package_reader_next(stream->reader, &item, &end, err))
			return false;
		if (end)
			break;
		if (++stream->entries > stream->job->limits->entries)
			return error_set(err, ERROR_REFUSED, "more than %" PRIu64 " entries",
					 stream->job->limits->entries);
		if (!extract_item(stream, &item, err))
			return false;
	}
	return stream->entries ? true : error_set(err, ERROR_INPUT, "the archive is empty");
}

/* What comes out of gzip, bzip2 and xz comes slower than one process writes it, and the processors that there are have their work. */
static bool is_worth_sharing(const struct extract_job *job, const struct package_reader *reader)
{
	enum file_kind kind = package_reader_kind(reader);

	return (kind == FILE_IS_TAR || kind == FILE_IS_TAR_ZST || kind == FILE_IS_7Z) &&
	       job->archive_bytes >= SHARE_FROM_BYTES && cage_processors() > 1;
}

bool extract_stream(struct extract_job *job, struct file_window *file, struct error *err)
{
	CLEANUP(stream_release) struct stream stream = { .job = job, .sink = { .writer = { .fd = -1 } } };

	if (!package_reader_open_in(job->cage, file, job->limits->entries, &stream.reader, err))
		return false;
	atomic_store(&job->shared->total, job->archive_bytes);
	stream.names = name_tree_new();
	file_sink_init(&stream.sink, job);
	if (is_worth_sharing(job, stream.reader))
		file_sink_share_work(&stream.sink);
	if (!extract_items(&stream, err) || !file_sink_finish(&stream.sink, err))
		return false;
	return report_format(&job->report, package_reader_format(stream.reader))
		       ? true
		       : error_set(err, ERROR_SYSTEM, "cannot report");
}
