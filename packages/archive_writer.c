// SPDX-License-Identifier: MIT
#include "packages/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

struct archive_writer {
	struct archive *archive;
	struct fs_atomic file;
};

static bool fail(struct archive_writer *writer, const char *what, struct error *err)
{
	const char *why = archive_error_string(writer->archive);

	return error_set(err, ERROR_SYSTEM, "%s: %s: %s", writer->file.path, what, why ? why : "cannot be written");
}

bool archive_writer_open(const char *path, struct archive_writer **ret, struct error *err)
{
	struct archive_writer *writer = xcalloc(1, sizeof(*writer));

	writer->file = (struct fs_atomic)FS_ATOMIC_INIT;
	writer->archive = archive_write_new();
	if (!writer->archive)
		abort();
	/* The head of gzip would hold the time. */
	if (fs_atomic_open(&writer->file, path, FS_MODE_FILE, err) &&
	    ((archive_write_set_format_pax_restricted(writer->archive) == ARCHIVE_OK &&
	      archive_write_add_filter_gzip(writer->archive) == ARCHIVE_OK &&
	      archive_write_set_filter_option(writer->archive, "gzip", "timestamp", NULL) == ARCHIVE_OK &&
	      archive_write_open_fd(writer->archive, writer->file.fd) == ARCHIVE_OK) ||
	     fail(writer, "the archive", err))) {
		*ret = writer;
		return true;
	}
	archive_writer_free(writer);
	return false;
}

void archive_writer_free(struct archive_writer *writer)
{
	if (!writer)
		return;
	(void)archive_write_free(writer->archive);
	fs_atomic_release(&writer->file);
	free(writer);
}

bool archive_writer_add(struct archive_writer *writer, const char *name, const void *data, size_t length,
			struct error *err)
{
	struct archive_entry *entry = archive_entry_new();
	bool fine;

	if (!entry)
		abort();
	archive_entry_set_pathname_utf8(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, FS_MODE_FILE);
	archive_entry_set_size(entry, (la_int64_t)length);
	archive_entry_set_mtime(entry, 0, 0);
	fine = archive_write_header(writer->archive, entry) == ARCHIVE_OK &&
	       archive_write_data(writer->archive, data, length) == (la_ssize_t)length;
	archive_entry_free(entry);
	return fine || fail(writer, name, err);
}

bool archive_writer_commit(struct archive_writer *writer, struct error *err)
{
	if (archive_write_close(writer->archive) != ARCHIVE_OK)
		return fail(writer, "the end", err);
	return fs_atomic_commit(&writer->file, err);
}
