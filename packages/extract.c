// SPDX-License-Identifier: MIT
#include "packages/extract.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/entry_error.h"
#include "packages/entry_name.h"
#include "packages/name_tree.h"
#include "packages/package_reader.h"
#include "packages/stage.h"
#include "packages/tree_writer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

enum { BUFFER_BYTES = 256 * 1024, RATIO_FROM_BYTES = 64 * 1024 * 1024 };

const struct extract_limits extract_default_limits = {
	.entries = 500000,
	.file_bytes = UINT64_C(16) << 30,
	.total_bytes = UINT64_C(64) << 30,
	.ratio = 200,
	.depth = 64,
	.path_bytes = 1024,
	.seconds = 0,
};

/* One extraction under way. */
struct extraction {
	const struct extract_limits *limits;
	struct extract_result result;
	struct package_reader *reader;
	struct name_tree *names;
	struct tree_writer writer;
	char *buffer;
	uint64_t archive_bytes;
	int64_t deadline_ns; /* 0: none */
	uint64_t entries;
};

void extract_result_release(struct extract_result *result)
{
	free(result->format);
	*result = (struct extract_result){ .format = NULL };
}

static void extraction_release(struct extraction *extraction)
{
	extract_result_release(&extraction->result);
	package_reader_free(extraction->reader);
	name_tree_free(extraction->names);
	tree_writer_release(&extraction->writer);
	free(extraction->buffer);
}

static void extraction_init(struct extraction *extraction, const struct extract_limits *limits, int tree_fd)
{
	*extraction = (struct extraction){ .limits = limits };
	extraction->names = name_tree_new();
	extraction->buffer = xmalloc_pages(BUFFER_BYTES);
	tree_writer_init(&extraction->writer, tree_fd);
	if (limits->seconds)
		extraction->deadline_ns = clock_boot_ns() + (int64_t)limits->seconds * 1000000000;
}

static bool check_time(const struct extraction *extraction, struct error *err)
{
	if (!extraction->deadline_ns || clock_boot_ns() < extraction->deadline_ns)
		return true;
	return error_set(err, ERROR_REFUSED, "takes longer than the limit of %u seconds", extraction->limits->seconds);
}

/* Counts what comes out, whatever the archive says there would. */
static bool count_bytes(struct extraction *extraction, const struct package_item *item, uint64_t file_bytes,
			struct error *err)
{
	const struct extract_limits *limits = extraction->limits;
	uint64_t total = extraction->result.bytes + file_bytes;

	if (item->size_bytes >= 0 && file_bytes > (uint64_t)item->size_bytes)
		return entry_damaged(err, item->name, "is longer than the %" PRId64 " bytes it declares",
				     item->size_bytes);
	if (file_bytes > limits->file_bytes)
		return entry_refused(err, item->name, "is larger than the limit of %" PRIu64 " bytes",
				     limits->file_bytes);
	if (total > limits->total_bytes)
		return entry_refused(err, item->name, "all files together exceed the limit of %" PRIu64 " bytes",
				     limits->total_bytes);
	if (total > RATIO_FROM_BYTES && total / limits->ratio > extraction->archive_bytes)
		return entry_refused(err, item->name, "the archive unpacks to more than %u times its size",
				     limits->ratio);
	return check_time(extraction, err);
}

/* A size that is over the limit is not waited for. */
static bool check_declared_size(const struct extraction *extraction, const struct package_item *item, struct error *err)
{
	if (item->size_bytes > 0 && (uint64_t)item->size_bytes > extraction->limits->file_bytes)
		return entry_refused(err, item->name, "is larger than the limit of %" PRIu64 " bytes",
				     extraction->limits->file_bytes);
	return true;
}

static bool copy_content(struct extraction *extraction, const struct package_item *item, int fd, struct error *err)
{
	uint64_t file_bytes = 0;
	size_t length = BUFFER_BYTES;

	while (length == BUFFER_BYTES) {
		if (!package_reader_read(extraction->reader, extraction->buffer, BUFFER_BYTES, &length, err))
			return false;
		file_bytes += length;
		if (!count_bytes(extraction, item, file_bytes, err) ||
		    !fs_write_all(fd, extraction->buffer, length, item->name, err))
			return false;
	}
	if (item->size_bytes >= 0 && file_bytes < (uint64_t)item->size_bytes)
		return entry_damaged(err, item->name, "is shorter than the %" PRId64 " bytes it declares",
				     item->size_bytes);
	extraction->result.bytes += file_bytes;
	extraction->result.files++;
	return true;
}

static bool extract_file(struct extraction *extraction, const struct package_item *item, const char *path,
			 struct error *err)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, item->mtime };
	CLEANUP_FD int fd = -1;

	if (!check_declared_size(extraction, item, err) ||
	    !tree_writer_create(&extraction->writer, path, item->executable, &fd, err) ||
	    !copy_content(extraction, item, fd, err))
		return false;
	if (futimens(fd, times) < 0)
		return error_set_errno(err, errno, "%s", path);
	return true;
}

static bool extract_item(struct extraction *extraction, const struct package_item *item, struct error *err)
{
	const struct entry_name_limits limits = { extraction->limits->depth, extraction->limits->path_bytes };
	CLEANUP_FREE char *path = NULL;
	const char *reason = entry_name_normalise(item->name, &limits, &path);

	if (reason)
		return entry_refused(err, item->name, "its name %s", reason);
	if (!*path && !item->folder)
		return entry_refused(err, item->name, "its name is empty");
	if (!*path)
		return true;
	if (!name_tree_add(extraction->names, path, item->folder, err))
		return false;
	if (item->folder)
		return tree_writer_make_folder(&extraction->writer, path, err);
	return extract_file(extraction, item, path, err);
}

static bool extract_items(struct extraction *extraction, struct error *err)
{
	for (;;) {
		CLEANUP(package_item_release) struct package_item item = { .name = NULL };
		bool end = false;

		if (!package_reader_next(extraction->reader, &item, &end, err))
			return false;
		if (end)
			break;
		if (++extraction->entries > extraction->limits->entries)
			return error_set(err, ERROR_REFUSED, "more than %" PRIu64 " entries",
					 extraction->limits->entries);
		if (!check_time(extraction, err) || !extract_item(extraction, &item, err))
			return false;
	}
	if (!extraction->entries)
		return error_set(err, ERROR_INPUT, "the archive is empty");
	extraction->result.folders = extraction->writer.folders;
	return true;
}

/* Everything but putting the tree into place. */
static bool fill_stage(const char *archive, struct extraction *extraction, struct error *err)
{
	CLEANUP(file_window_release) struct file_window file = { .fd = -1 };
	CLEANUP_FD int fd = -1;
	off_t size = 0;

	if (!fs_open_regular(archive, &fd, &size, err))
		return false;
	file_window_init(&file, fd, (uint64_t)size);
	extraction->archive_bytes = (uint64_t)size;
	if (!package_reader_open(&file, extraction->limits->entries, &extraction->reader, err) ||
	    !extract_items(extraction, err))
		return error_prefix(err, "%s", archive);
	extraction->result.format = xstrdup(package_reader_format(extraction->reader));
	return true;
}

bool extract_archive(const char *archive, const char *target, const struct extract_limits *limits,
		     struct extract_result *ret, struct error *err)
{
	CLEANUP(stage_release) struct stage stage = STAGE_INIT;
	CLEANUP(extraction_release) struct extraction extraction = { .buffer = NULL };

	if (!stage_open(&stage, target, err))
		return false;
	extraction_init(&extraction, limits, stage.tree_fd);
	if (!fill_stage(archive, &extraction, err) || !stage_commit(&stage, err))
		return false;
	*ret = extraction.result;
	extraction.result = (struct extract_result){ .format = NULL };
	return true;
}
