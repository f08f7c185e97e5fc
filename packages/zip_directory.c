// SPDX-License-Identifier: MIT
#include "packages/zip_directory.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/bytes.h"
#include "packages/entry_error.h"
#include "packages/zip_end.h"
#include "packages/zip_name.h"
#include "packages/zip_time.h"
#include "runbook/base/alloc.h"

enum { RECORD_BYTES = 46, ATTRIBUTE_FOLDER = 0x10, ATTRIBUTE_REPARSE_POINT = 0x400 };
enum { HOST_FAT = 0, HOST_UNIX = 3, HOST_HPFS = 6, HOST_NTFS = 10, HOST_MVS = 11, HOST_VFAT = 14, HOST_MACOS = 19 };

static const unsigned char record_signature[4] = "PK\1\2";

/* What a directory record says that is judged at once and then forgotten. */
struct attributes {
	unsigned host;
	uint32_t external;
	uint16_t disk;
};

void zip_directory_release(struct zip_directory *directory)
{
	for (size_t i = 0; i < directory->count; i++) {
		free(directory->entries[i].name);
		free(directory->entries[i].stored);
	}
	free(directory->entries);
	*directory = (struct zip_directory)ZIP_DIRECTORY_INIT;
}

static bool damaged(struct error *err, const char *what)
{
	return error_is_set(err) ? false : error_set(err, ERROR_INPUT, "damaged zip archive: %s", what);
}

/* The methods of APPNOTE 4.4.5. */
static const char *method_name(unsigned method)
{
	static const struct {
		unsigned method;
		const char *name;
	} names[] = {
		{ 1, "Shrink" },        { 2, "Reduce 1" },   { 3, "Reduce 2" },      { 4, "Reduce 3" },
		{ 5, "Reduce 4" },      { 6, "Implode" },    { 9, "Deflate64" },     { 10, "IBM TERSE (old)" },
		{ 14, "LZMA" },         { 16, "IBM CMPSC" }, { 18, "IBM TERSE" },    { 19, "IBM LZ77" },
		{ 20, "Zstandard" },    { 93, "Zstandard" }, { 94, "MP3" },          { 95, "XZ" },
		{ 96, "JPEG variant" }, { 97, "WavPack" },   { 98, "PPMd variant" }, { 99, "AES encryption" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].method == method)
			return names[i].name;
	return "unknown";
}

static bool is_supported(unsigned method)
{
	enum { STORE = 0, DEFLATE = 8, BZIP2 = 12 };

	return method == STORE || method == DEFLATE || method == BZIP2;
}

static bool check_method(const struct zip_entry *entry, struct error *err)
{
	enum { METHOD_AES = 99 };

	if (entry->flags & (ZIP_FLAG_ENCRYPTED | ZIP_FLAG_STRONG_ENCRYPTION | ZIP_FLAG_MASKED) ||
	    entry->method == METHOD_AES)
		return entry_refused(err, entry->name, "is encrypted");
	if (!is_supported(entry->method))
		return entry_damaged(err, entry->name, "unsupported compression method %u (%s)", entry->method,
				     method_name(entry->method));
	return true;
}

static bool is_unix(unsigned host)
{
	return host == HOST_UNIX || host == HOST_MACOS;
}

/* NTFS is 10 by the book, and 11 in archives of Windows itself. */
static bool is_dos(unsigned host)
{
	return host == HOST_FAT || host == HOST_HPFS || host == HOST_NTFS || host == HOST_MVS || host == HOST_VFAT;
}

/* The file type a Unix archiver keeps in the upper half; others may leave anything there, but nobody a link by chance. */
static bool check_type(const struct zip_entry *entry, const struct attributes *attributes, struct error *err)
{
	mode_t mode = (mode_t)(attributes->external >> 16);

	if (S_ISLNK(mode))
		return entry_refused(err, entry->name, "is a symbolic link");
	if (!is_unix(attributes->host)) {
		if (attributes->external & ATTRIBUTE_REPARSE_POINT)
			return entry_refused(err, entry->name, "is a link (reparse point)");
		return true;
	}
	if ((mode & S_IFMT) && !S_ISREG(mode) && !S_ISDIR(mode))
		return entry_refused(err, entry->name, "is a device, FIFO or socket");
	if (mode & (S_ISUID | S_ISGID))
		return entry_refused(err, entry->name, "has a set-id bit");
	return true;
}

static bool is_folder(const struct zip_entry *entry, const struct attributes *attributes)
{
	size_t length = strlen(entry->name);
	char last = length ? entry->name[length - 1] : '\0';

	if (last == '/' || last == '\\')
		return true;
	if (is_unix(attributes->host))
		return S_ISDIR(attributes->external >> 16);
	return attributes->external & ATTRIBUTE_FOLDER;
}

static bool judge(struct zip_entry *entry, const struct attributes *attributes, struct error *err)
{
	if (!check_type(entry, attributes, err) || !check_method(entry, err))
		return false;
	if (attributes->disk != 0)
		return entry_damaged(err, entry->name, "lies in another part of a split archive");
	entry->folder = is_folder(entry, attributes);
	if (entry->folder && entry->size_bytes)
		return entry_damaged(err, entry->name, "is a folder with content");
	entry->executable = is_unix(attributes->host) && (attributes->external >> 16 & S_IXUSR);
	return true;
}

/* Takes the 64-bit value of a field out of the zip64 record if the field itself says so. */
static bool widen(uint64_t *field, uint64_t escape, size_t bytes, struct zip_extra *zip64)
{
	if (*field != escape)
		return true;
	if (zip64->length < bytes)
		return false;
	*field = bytes == 8 ? bytes_le64(zip64->data) : bytes_le32(zip64->data);
	zip64->data += bytes;
	zip64->length -= bytes;
	return true;
}

/* Without a zip64 record the escapes are plain values. */
static bool widen_all(struct zip_entry *entry, struct attributes *attributes, struct zip_extra extra, struct error *err)
{
	struct zip_extra zip64 = { NULL, 0 };
	uint64_t disk = attributes->disk;

	if (zip_extra_is_double(extra, ZIP_EXTRA_ZIP64))
		return entry_damaged(err, entry->name, "has its zip64 sizes twice");
	if (!zip_extra_find(extra, ZIP_EXTRA_ZIP64, &zip64))
		return true;
	if (!widen(&entry->size_bytes, UINT32_MAX, 8, &zip64) || !widen(&entry->packed_bytes, UINT32_MAX, 8, &zip64) ||
	    !widen(&entry->header_offset, UINT32_MAX, 8, &zip64) || !widen(&disk, UINT16_MAX, 4, &zip64))
		return entry_damaged(err, entry->name, "lacks its zip64 sizes");
	attributes->disk = disk ? 1 : 0;
	return true;
}

static bool read_name(const unsigned char *record, struct zip_entry *entry, struct zip_extra extra, struct error *err)
{
	struct zip_raw_name raw = { (const char *)record + RECORD_BYTES, bytes_le16(record + 28), extra,
				    entry->flags & ZIP_FLAG_UTF8, is_dos(record[5]) };
	const char *reason = zip_name_decode(&raw, &entry->name);
	CLEANUP_FREE char *stored = xmemdupz(raw.bytes, raw.length);

	if (reason)
		return entry_refused(err, stored, "its name %s", reason);
	entry->stored_bytes = raw.length;
	if (strlen(entry->name) != raw.length || memcmp(entry->name, raw.bytes, raw.length) != 0)
		entry->stored = TAKE(stored);
	return true;
}

/* `at` is the whole record with name, extra field and comment. */
static bool read_record(const unsigned char *at, struct zip_entry *entry, struct error *err)
{
	struct attributes attributes = { at[5], bytes_le32(at + 38), bytes_le16(at + 34) };
	struct zip_extra extra = { at + RECORD_BYTES + bytes_le16(at + 28), bytes_le16(at + 30) };

	entry->flags = bytes_le16(at + 8);
	entry->method = bytes_le16(at + 10);
	entry->crc32 = bytes_le32(at + 16);
	entry->packed_bytes = bytes_le32(at + 20);
	entry->size_bytes = bytes_le32(at + 24);
	entry->header_offset = bytes_le32(at + 42);
	entry->mtime = zip_time_of(bytes_le32(at + 12), extra);
	return read_name(at, entry, extra, err) && widen_all(entry, &attributes, extra, err) &&
	       judge(entry, &attributes, err);
}

/* The record at `offset`, which must end before `end`; gives its whole length. */
static const unsigned char *record_at(struct file_window *file, uint64_t offset, uint64_t end, size_t *ret_length,
				      struct error *err)
{
	const unsigned char *at = end - offset < RECORD_BYTES ? NULL : file_window_at(file, offset, RECORD_BYTES, err);

	if (!at || memcmp(at, record_signature, 4) != 0)
		return NULL;
	*ret_length = (size_t)RECORD_BYTES + bytes_le16(at + 28) + bytes_le16(at + 30) + bytes_le16(at + 32);
	return *ret_length > end - offset ? NULL : file_window_at(file, offset, *ret_length, err);
}

static int compare_offsets(const void *a, const void *b)
{
	uint64_t first = ((const struct zip_entry *)a)->header_offset;
	uint64_t second = ((const struct zip_entry *)b)->header_offset;

	return (first > second) - (first < second);
}

bool zip_directory_read(struct file_window *file, uint64_t entry_limit, struct zip_directory *ret, struct error *err)
{
	struct zip_end end = { 0, 0, 0, 0 };
	uint64_t offset;

	if (!zip_end_find(file, &end, err))
		return false;
	ret->start = end.directory_offset;
	ret->file_end = end.file_end;
	offset = end.directory_offset;
	while (offset < end.directory_offset + end.directory_bytes) {
		size_t length = 0;
		const unsigned char *at =
			record_at(file, offset, end.directory_offset + end.directory_bytes, &length, err);

		if (!at)
			return damaged(err, "its directory is damaged");
		if (ret->count == entry_limit)
			return error_set(err, ERROR_REFUSED, "more than %" PRIu64 " entries", entry_limit);
		ret->entries = xgrow(ret->entries, ret->count, &ret->alloc, sizeof(*ret->entries));
		ret->entries[ret->count] = (struct zip_entry){ 0 };
		if (!read_record(at, &ret->entries[ret->count++], err))
			return false;
		offset += length;
	}
	if (ret->count != end.entry_count)
		return damaged(err, "its directory has another number of entries than its end says");
	if (ret->count)
		qsort(ret->entries, ret->count, sizeof(*ret->entries), compare_offsets);
	return true;
}
