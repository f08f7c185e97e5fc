// SPDX-License-Identifier: MIT
#include "packages/package_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/archive_source.h"
#include "packages/codec_name.h"
#include "packages/entry_error.h"
#include "packages/file_kind.h"
#include "packages/tar_stream.h"
#include "packages/zip_directory.h"
#include "packages/zip_end.h"
#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

struct package_reader {
	struct archive *archive;
	struct archive_entry *entry;
	struct archive_source source;
	const struct cage *cage;
	struct tar_stream *tar; /* of a tar file only */
	bool opened;            /* libarchive knows the format */
	enum file_kind kind;
	struct zip_directory directory; /* of a zip file only */
	size_t next;                    /* entry to come */
	char *name;                     /* of the current entry, for messages */
	int64_t read_bytes;             /* of its content */
};

/* libarchive converts names to the character set of its caller. Kept for good. */
static locale_t utf8_locale;

bool package_reader_prepare(struct error *err)
{
	if (!utf8_locale)
		utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8_locale)
		return error_set_errno(err, errno, "the locale C.UTF-8, which names of archives need");
	return true;
}

void package_item_release(struct package_item *item)
{
	free(item->name);
	item->name = NULL;
}

void package_reader_free(struct package_reader *reader)
{
	if (!reader)
		return;
	archive_entry_free(reader->entry);
	archive_read_free(reader->archive);
	tar_stream_free(reader->tar);
	archive_source_release(&reader->source);
	zip_directory_release(&reader->directory);
	free(reader->name);
	free(reader);
}

uint64_t package_reader_position(const struct package_reader *reader)
{
	return reader->source.offset;
}

enum file_kind package_reader_kind(const struct package_reader *reader)
{
	return reader->kind;
}

const char *package_reader_format(const struct package_reader *reader)
{
	return file_kind_name(reader->kind);
}

/* `name` may be NULL. All methods of that family are ciphers. */
static bool unsupported(const char *name, uint64_t codec, struct error *err)
{
	enum { CIPHERS = 0x06f1 };
	CLEANUP_FREE char *text =
		xasprintf("unsupported compression method %jx (%s)", (uintmax_t)codec, codec_name(codec));

	if (codec >> 16 == CIPHERS)
		return name ? entry_refused(err, name, "is encrypted") : error_set(err, ERROR_REFUSED, "is encrypted");
	return name ? entry_damaged(err, name, "%s", text)
		    : error_set(err, ERROR_INPUT, "7z archive: %s; pack it once more with 7-Zip's own methods", text);
}

/* What libarchive says about an archive that is not right. */
static bool archive_failed(const struct package_reader *reader, const char *name, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const char *below = reader->tar ? tar_stream_error(reader->tar) : NULL;
	const char *message = below ? below : archive_error_string(reader->archive);
	uint64_t codec = 0;

	/* Asked before a format is found, libarchive 3.6 reads memory that it never set. */
	if (reader->opened && archive_read_has_encrypted_entries(reader->archive) == 1)
		return name ? entry_refused(err, name, "is encrypted") : error_set(err, ERROR_REFUSED, "is encrypted");
	if (message && entry_needs_memory(err, message))
		return false;
	if (reader->source.read_errno)
		return error_set_errno(err, reader->source.read_errno, "cannot be read");
	if (reader->kind == FILE_IS_7Z && message && codec_id_in(message, &codec))
		return unsupported(name, codec, err);
	strbuf_add_visible(&text, message ? message : "damaged", 200);
	if (name)
		return entry_damaged(err, name, "%s", text.data);
	return error_set(err, ERROR_INPUT, "damaged %s archive: %s", file_kind_name(reader->kind), text.data);
}

static bool is_tar(enum file_kind kind)
{
	return kind != FILE_IS_ZIP && kind != FILE_IS_7Z;
}

static int enable_format(struct archive *archive, enum file_kind kind)
{
	if (kind == FILE_IS_ZIP)
		return archive_read_support_format_zip_seekable(archive);
	if (kind == FILE_IS_7Z)
		return archive_read_support_format_7zip(archive);
	return archive_read_support_format_tar(archive);
}

static bool open_archive(struct package_reader *reader, struct error *err)
{
	if (!package_reader_prepare(err))
		return false;
	reader->archive = archive_read_new();
	reader->entry = archive_entry_new();
	if (!reader->archive || !reader->entry)
		abort();
	if (enable_format(reader->archive, reader->kind) != ARCHIVE_OK ||
	    archive_read_append_filter(reader->archive, ARCHIVE_FILTER_NONE) != ARCHIVE_OK)
		return archive_failed(reader, NULL, err);
	if (is_tar(reader->kind) &&
	    !tar_stream_open(&(struct tar_stream_input){ reader->kind, &reader->source, reader->cage }, reader->archive,
			     &reader->tar, err))
		return false;
	if (!is_tar(reader->kind) && archive_source_open(&reader->source, reader->archive) != ARCHIVE_OK)
		return archive_failed(reader, NULL, err);
	reader->opened = true;
	return true;
}

/* A file that begins like nothing may be a zip file with something before it. */
static bool ends_like_zip(struct file_window *file)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	struct zip_end end;

	return zip_end_find(file, &end, &ignored);
}

bool package_reader_probe(struct file_window *file, enum file_kind *ret, struct error *err)
{
	uint64_t length = file->file_bytes < FILE_KIND_BYTES ? file->file_bytes : FILE_KIND_BYTES;
	const unsigned char *bytes = file_window_at(file, 0, (size_t)length, err);
	const char *looks_like = NULL;

	if (!bytes && length)
		return error_is_set(err) ? false : error_set(err, ERROR_INPUT, "became shorter while it was read");
	*ret = file_kind_probe(bytes, (size_t)length, &looks_like);
	if (*ret == FILE_IS_UNKNOWN && ends_like_zip(file))
		*ret = FILE_IS_ZIP;
	if (*ret < FILE_IS_OTHER)
		return true;
	return error_set(err, ERROR_INPUT,
			 "not an archive that can be read (zip, 7z, tar with gzip, xz, zstd or bzip2): looks like %s",
			 looks_like);
}

static bool check_zip(struct package_reader *reader, struct file_window *file, uint64_t entry_limit, struct error *err)
{
	if (!zip_directory_read(file, entry_limit, &reader->directory, err) ||
	    !zip_directory_check_headers(&reader->directory, file, err))
		return false;
	/* libarchive does not even take it for an archive. */
	if (!reader->directory.count)
		return error_set(err, ERROR_INPUT, "the archive is empty");
	reader->source.end = reader->directory.file_end;
	return true;
}

bool package_reader_open(struct file_window *file, uint64_t entry_limit, struct package_reader **ret, struct error *err)
{
	return package_reader_open_in(NULL, file, entry_limit, ret, err);
}

bool package_reader_open_in(const struct cage *cage, struct file_window *file, uint64_t entry_limit,
			    struct package_reader **ret, struct error *err)
{
	struct package_reader *reader = xcalloc(1, sizeof(*reader));

	reader->cage = cage;
	archive_source_init(&reader->source, file->fd, file->file_bytes);
	if (package_reader_probe(file, &reader->kind, err) &&
	    (reader->kind != FILE_IS_ZIP || check_zip(reader, file, entry_limit, err)) && open_archive(reader, err)) {
		*ret = reader;
		return true;
	}
	package_reader_free(reader);
	return false;
}

static bool check_kind(const struct package_reader *reader, struct error *err)
{
	mode_t mode = archive_entry_mode(reader->entry);

	if (archive_entry_is_encrypted(reader->entry))
		return entry_refused(err, reader->name, "is encrypted");
	if (archive_entry_hardlink(reader->entry))
		return entry_refused(err, reader->name, "is a hard link");
	if (S_ISLNK(mode))
		return entry_refused(err, reader->name, "is a symbolic link");
	if (!S_ISREG(mode) && !S_ISDIR(mode))
		return entry_refused(err, reader->name, "is a device, FIFO, socket or of an unknown type");
	if (mode & (S_ISUID | S_ISGID))
		return entry_refused(err, reader->name, "has a set-id bit");
	return true;
}

/* A tar or 7z entry is what libarchive makes of it. */
static bool take_plain_item(struct package_reader *reader, int result, struct package_item *item, struct error *err)
{
	const char *name = archive_entry_pathname(reader->entry);

	reader->name = xstrdup(name ? name : "?");
	if (result != ARCHIVE_OK)
		return archive_failed(reader, reader->name, err);
	if (!name)
		return entry_refused(err, "?", "its name is not UTF-8");
	if (!check_kind(reader, err))
		return false;
	item->folder = S_ISDIR(archive_entry_mode(reader->entry));
	item->executable = archive_entry_mode(reader->entry) & S_IXUSR;
	item->size_bytes = archive_entry_size_is_set(reader->entry) ? archive_entry_size(reader->entry) : -1;
	return true;
}

/* A zip entry is what its directory says; libarchive, which comes by in the same order, has only the data. */
static bool take_zip_item(struct package_reader *reader, struct package_item *item, struct error *err)
{
	const struct zip_entry *entry;

	if (reader->next == reader->directory.count)
		return error_set(err, ERROR_INPUT, "damaged zip archive: more entries than its directory has");
	entry = &reader->directory.entries[reader->next++];
	reader->name = xstrdup(entry->name);
	if (archive_entry_size_is_set(reader->entry) &&
	    (uint64_t)archive_entry_size(reader->entry) != entry->size_bytes)
		return entry_damaged(err, entry->name, "header and directory contradict each other about the size");
	item->folder = entry->folder;
	item->executable = entry->executable;
	item->size_bytes = (int64_t)entry->size_bytes;
	return true;
}

/* Times that a clock could have shown: after 1970, and such that every file system can store them. */
static struct timespec sane_mtime(struct archive_entry *entry)
{
	static const time_t year_2100 = 4102444800;
	time_t seconds = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : 0;

	if (seconds <= 0 || seconds >= year_2100)
		return (struct timespec){ 0, UTIME_OMIT };
	return (struct timespec){ seconds, archive_entry_mtime_nsec(entry) };
}

static bool take_item(struct package_reader *reader, int result, struct package_item *item, struct error *err)
{
	if (reader->kind == FILE_IS_ZIP ? !take_zip_item(reader, item, err)
					: !take_plain_item(reader, result, item, err))
		return false;
	item->name = xstrdup(reader->name);
	item->mtime = sane_mtime(reader->entry);
	reader->read_bytes = 0;
	return true;
}

/*
 * An archive that ends without its mark was cut off, be it between two entries: two blocks of zeros for tar (libarchive reads the first),
 * for zip the number of entries in its directory.
 */
static bool check_end(const struct package_reader *reader, int64_t before, struct error *err)
{
	enum { TAR_BLOCK = 512 };

	if (reader->kind == FILE_IS_ZIP && reader->next != reader->directory.count)
		return error_set(err, ERROR_INPUT, "damaged zip archive: fewer entries than its directory has");
	if (!is_tar(reader->kind))
		return true;
	if (archive_filter_bytes(reader->archive, 0) - before < TAR_BLOCK)
		return error_set(err, ERROR_INPUT,
				 "damaged tar archive: its end is missing; the file may be truncated");
	return tar_stream_finish(reader->tar, err);
}

static bool next_item(struct package_reader *reader, struct package_item *item, bool *ret_end, struct error *err)
{
	int64_t before = 0;
	int result = ARCHIVE_OK;

	/* Skipped here, so that what the next header takes can be told from it. */
	if (reader->name)
		result = archive_read_data_skip(reader->archive);
	if (result != ARCHIVE_OK)
		return archive_failed(reader, reader->name, err);
	free(TAKE(reader->name));
	before = archive_filter_bytes(reader->archive, 0);
	result = archive_read_next_header2(reader->archive, reader->entry);
	if (result == ARCHIVE_EOF) {
		*ret_end = true;
		return check_end(reader, before, err);
	}
	if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
		return archive_failed(reader, NULL, err);
	return take_item(reader, result, item, err);
}

bool package_reader_next(struct package_reader *reader, struct package_item *ret, bool *ret_end, struct error *err)
{
	locale_t callers = uselocale(utf8_locale);
	struct package_item item = { .name = NULL };
	bool fine = next_item(reader, &item, ret_end, err);

	(void)uselocale(callers);
	if (fine)
		*ret = item;
	return fine;
}

/* A sparse file that is nothing but a hole: libarchive gives none of it. */
static size_t fill_hole(struct package_reader *reader, char *buffer, size_t size)
{
	int64_t missing = archive_entry_size(reader->entry) - reader->read_bytes;
	size_t length = missing <= 0 ? 0 : (uint64_t)missing < size ? (size_t)missing : size;

	if (!is_tar(reader->kind) || !archive_entry_sparse_count(reader->entry))
		return 0;
	memset(buffer, 0, length);
	reader->read_bytes += (int64_t)length;
	return length;
}

bool package_reader_read(struct package_reader *reader, void *buffer, size_t size, size_t *ret_length,
			 struct error *err)
{
	size_t length = 0;
	la_ssize_t got;

	/* Of a tar file more can come behind the end: a hole is filled in only when it is asked for once more. */
	do {
		got = archive_read_data(reader->archive, (char *)buffer + length, size - length);
		if (got < 0)
			return archive_failed(reader, reader->name, err);
		length += (size_t)got;
	} while (got && length < size && is_tar(reader->kind));
	reader->read_bytes += (int64_t)length;
	if (length < size)
		length += fill_hole(reader, (char *)buffer + length, size - length);
	*ret_length = length;
	return true;
}
