// SPDX-License-Identifier: MIT
#include "packages/package_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

enum { BUFFER_BYTES = 256 * 1024, MODE_FILE = 0644, MODE_PROGRAM = 0755 };

struct package_writer {
	struct archive *archive;
	struct archive_entry *entry;
	locale_t locale; /* libarchive marks names as UTF-8 only if the locale's are */
	char *path;
	char *buffer;
};

static bool failed(struct package_writer *writer, struct error *err)
{
	int code = archive_errno(writer->archive);

	return error_set(err, ERROR_SYSTEM, "%s: cannot be written: %s", writer->path,
			 code > 0 ? strerror(code) : archive_error_string(writer->archive));
}

bool package_writer_open(int fd, const char *path, struct package_writer **ret, struct error *err)
{
	struct package_writer *writer = xcalloc(1, sizeof(*writer));

	writer->path = xstrdup(path);
	writer->buffer = xmalloc_pages(BUFFER_BYTES);
	writer->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	writer->archive = archive_write_new();
	writer->entry = archive_entry_new();
	if (!writer->archive || !writer->entry)
		abort();
	if (!writer->locale)
		(void)error_set_errno(err, errno, "the locale C.UTF-8, which names of archives need");
	else if (archive_write_set_format_zip(writer->archive) != ARCHIVE_OK ||
		 archive_write_set_bytes_in_last_block(writer->archive, 1) != ARCHIVE_OK ||
		 archive_write_open_fd(writer->archive, fd) != ARCHIVE_OK)
		(void)failed(writer, err);
	else
		*ret = writer;
	if (*ret != writer)
		package_writer_free(writer);
	return *ret == writer;
}

void package_writer_free(struct package_writer *writer)
{
	if (!writer)
		return;
	archive_entry_free(writer->entry);
	(void)archive_write_free(writer->archive);
	if (writer->locale)
		freelocale(writer->locale);
	free(writer->path);
	free(writer->buffer);
	free(writer);
}

static bool is_compressed(const char *path)
{
	static const char *const endings[] = { ".nupkg", ".zip", ".7z",  ".gz",  ".tgz", ".xz",
					       ".zst",   ".bz2", ".png", ".jpg", ".cab", ".whl" };
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; ending && i < sizeof(endings) / sizeof(*endings); i++)
		if (strcasecmp(ending, endings[i]) == 0)
			return true;
	return false;
}

static bool begin(struct package_writer *writer, const struct package_member *member, struct error *err)
{
	locale_t callers = uselocale(writer->locale);
	bool fine;

	archive_entry_clear(writer->entry);
	archive_entry_set_pathname(writer->entry, member->path);
	archive_entry_set_filetype(writer->entry, AE_IFREG);
	archive_entry_set_perm(writer->entry, member->executable ? MODE_PROGRAM : MODE_FILE);
	archive_entry_set_mtime(writer->entry, member->mtime, 0);
	archive_entry_set_size(writer->entry, (int64_t)member->size_bytes);
	fine = (is_compressed(member->path)
			? archive_write_zip_set_compression_store(writer->archive)
			: archive_write_zip_set_compression_deflate(writer->archive)) == ARCHIVE_OK &&
	       archive_write_header(writer->archive, writer->entry) == ARCHIVE_OK;
	(void)uselocale(callers);
	return fine || failed(writer, err);
}

static bool put(struct package_writer *writer, const void *bytes, size_t length, struct error *err)
{
	la_ssize_t put = length ? archive_write_data(writer->archive, bytes, length) : 0;

	return put == (la_ssize_t)length || failed(writer, err);
}

bool package_writer_add_bytes(struct package_writer *writer, const struct package_member *member, const void *bytes,
			      struct error *err)
{
	return begin(writer, member, err) && put(writer, bytes, member->size_bytes, err);
}

bool package_writer_add(struct package_writer *writer, const struct package_member *member, int fd, struct error *err)
{
	uint64_t total = 0;
	ssize_t got = 1;

	if (!begin(writer, member, err))
		return false;
	while (got > 0) {
		got = pread(fd, writer->buffer, BUFFER_BYTES, (off_t)total);
		if (got < 0 && errno == EINTR) {
			got = 1;
			continue;
		}
		if (got < 0)
			return error_set_errno(err, errno, "%s", member->path);
		total += (uint64_t)got;
		if (total > member->size_bytes)
			break;
		if (!put(writer, writer->buffer, (size_t)got, err))
			return false;
	}
	return total == member->size_bytes ||
	       error_set(err, ERROR_INPUT, "%s: has changed while it was read", member->path);
}

bool package_writer_finish(struct package_writer *writer, struct error *err)
{
	return archive_write_close(writer->archive) == ARCHIVE_OK || failed(writer, err);
}
