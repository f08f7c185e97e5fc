// SPDX-License-Identifier: MIT
#include <string.h>

#include "packages/bytes.h"
#include "packages/entry_error.h"
#include "packages/zip_directory.h"
#include "packages/zip_name.h"
#include "runbook/base/alloc.h"

enum { HEADER_BYTES = 30, DESCRIPTOR_SIGNATURE_BYTES = 4 };

static const unsigned char header_signature[4] = "PK\3\4";
static const unsigned char descriptor_signature[4] = "PK\7\x8";

/* What must be the same in header and directory; other bits of the flags only tell how hard the packer tried. */
static const unsigned compared_flags =
	ZIP_FLAG_ENCRYPTED | ZIP_FLAG_DESCRIPTOR | ZIP_FLAG_STRONG_ENCRYPTION | ZIP_FLAG_UTF8 | ZIP_FLAG_MASKED;

static bool cut_off(const struct zip_entry *entry, struct error *err)
{
	return error_is_set(err) ? false : entry_damaged(err, entry->name, "its header is missing or cut off");
}

static bool contradicts(const struct zip_entry *entry, const char *what, struct error *err)
{
	return entry_damaged(err, entry->name, "its header and the directory contradict each other about the %s", what);
}

static bool check_name(const struct zip_entry *entry, const unsigned char *header, struct error *err)
{
	struct zip_raw_name raw = {
		(const char *)header + HEADER_BYTES, bytes_le16(header + 26), { NULL, 0 }, false, true
	};
	const char *stored = entry->stored ? entry->stored : entry->name;
	CLEANUP_FREE char *name = NULL;
	struct zip_extra record = { NULL, 0 };

	raw.extra = (struct zip_extra){ header + HEADER_BYTES + raw.length, bytes_le16(header + 28) };
	raw.is_utf8 = entry->flags & ZIP_FLAG_UTF8;
	if (raw.length != entry->stored_bytes || memcmp(raw.bytes, stored, raw.length) != 0)
		return contradicts(entry, "name", err);
	if (!entry->stored && !zip_extra_find(raw.extra, ZIP_EXTRA_UNICODE_PATH, &record))
		return true;
	if (zip_name_decode(&raw, &name) || strcmp(name, entry->name) != 0)
		return contradicts(entry, "Unicode path", err);
	return true;
}

/* The sizes as the header has them, the 64-bit ones where it says so. */
static void read_sizes(const unsigned char *header, uint64_t *ret_packed, uint64_t *ret_size)
{
	struct zip_extra extra = { header + HEADER_BYTES + bytes_le16(header + 26), bytes_le16(header + 28) };
	struct zip_extra zip64 = { NULL, 0 };

	*ret_packed = bytes_le32(header + 18);
	*ret_size = bytes_le32(header + 22);
	if (!zip_extra_find(extra, ZIP_EXTRA_ZIP64, &zip64) || zip64.length < 16)
		return;
	if (*ret_size == UINT32_MAX)
		*ret_size = bytes_le64(zip64.data);
	if (*ret_packed == UINT32_MAX)
		*ret_packed = bytes_le64(zip64.data + 8);
}

/* With a descriptor behind the data the header may leave sizes and CRC open, each as 0. */
static bool check_sizes(const struct zip_entry *entry, const unsigned char *header, struct error *err)
{
	bool open = entry->flags & ZIP_FLAG_DESCRIPTOR;
	uint32_t crc32 = bytes_le32(header + 14);
	uint64_t packed = 0;
	uint64_t size = 0;

	read_sizes(header, &packed, &size);
	if (packed != entry->packed_bytes && !(open && packed == 0))
		return contradicts(entry, "packed size", err);
	if (size != entry->size_bytes && !(open && size == 0))
		return contradicts(entry, "size", err);
	if (crc32 != entry->crc32 && !(open && crc32 == 0))
		return contradicts(entry, "checksum", err);
	return true;
}

static bool check_fields(const struct zip_entry *entry, const unsigned char *header, struct error *err)
{
	if ((bytes_le16(header + 6) ^ entry->flags) & compared_flags)
		return contradicts(entry, "flags", err);
	if (bytes_le16(header + 8) != entry->method)
		return contradicts(entry, "compression method", err);
	return check_sizes(entry, header, err);
}

/* Sets where the entry's data begins and gives where it ends. */
static bool check_header(struct zip_entry *entry, struct file_window *file, uint64_t *ret_end, struct error *err)
{
	const unsigned char *at = file_window_at(file, entry->header_offset, HEADER_BYTES, err);
	size_t length;

	if (!at || memcmp(at, header_signature, 4) != 0)
		return cut_off(entry, err);
	length = (size_t)HEADER_BYTES + bytes_le16(at + 26) + bytes_le16(at + 28);
	at = file_window_at(file, entry->header_offset, length, err);
	if (!at || entry->packed_bytes > file->file_bytes)
		return cut_off(entry, err);
	entry->data_offset = entry->header_offset + length;
	*ret_end = entry->data_offset + entry->packed_bytes;
	return check_name(entry, at, err) && check_fields(entry, at, err);
}

static bool matches(const struct zip_entry *entry, const unsigned char *at, size_t width)
{
	uint64_t packed = width == 8 ? bytes_le64(at + 4) : bytes_le32(at + 4);
	uint64_t size = width == 8 ? bytes_le64(at + 4 + width) : bytes_le32(at + 4 + width);

	return bytes_le32(at) == entry->crc32 && packed == entry->packed_bytes && size == entry->size_bytes;
}

/*
 * The descriptor behind the data, with or without a signature, with sizes of 32 or 64 bits: the standard leaves that to be found out. Gives its
 * length, 0 if none of the four fits in the `room` there is before the next entry.
 */
static size_t descriptor_length(const struct zip_entry *entry, struct file_window *file, uint64_t start, uint64_t room,
				struct error *err)
{
	for (size_t signature = 0; signature <= DESCRIPTOR_SIGNATURE_BYTES; signature += DESCRIPTOR_SIGNATURE_BYTES) {
		for (size_t width = 4; width <= 8; width += 4) {
			size_t length = signature + 4 + 2 * width;
			const unsigned char *at = length > room ? NULL : file_window_at(file, start, length, err);

			if (at && (!signature || memcmp(at, descriptor_signature, signature) == 0) &&
			    matches(entry, at + signature, width))
				return length;
		}
	}
	return 0;
}

/*
 * Whether there is an entry in the bytes from `start` to `end`, which belong to none: readers that go from header to header would find it.
 */
static bool hides_entry(struct file_window *file, uint64_t start, uint64_t end, struct error *err)
{
	enum { STEP_BYTES = 16 * 1024 };

	while (end - start >= sizeof(header_signature)) {
		size_t length = end - start < STEP_BYTES ? (size_t)(end - start) : STEP_BYTES;
		const unsigned char *at = file_window_at(file, start, length, err);

		if (!at || memmem(at, length, header_signature, sizeof(header_signature)))
			return true;
		start += length - (sizeof(header_signature) - 1);
	}
	return false;
}

/* What lies between the end of an entry's data and `next`, where the next one begins. */
static bool check_gap(const struct zip_entry *entry, struct file_window *file, uint64_t end, uint64_t next,
		      struct error *err)
{
	size_t length = 0;

	if (end > next)
		return entry_damaged(err, entry->name, "overlaps what comes behind it");
	if (entry->flags & ZIP_FLAG_DESCRIPTOR) {
		length = descriptor_length(entry, file, end, next - end, err);
		if (!length)
			return error_is_set(err) ? false : contradicts(entry, "sizes behind its data", err);
	}
	if (hides_entry(file, end + length, next, err))
		return error_is_set(err)
			       ? false
			       : entry_damaged(err, entry->name,
					       "another entry that the directory does not name hides behind it");
	return true;
}

bool zip_directory_check_headers(struct zip_directory *directory, struct file_window *file, struct error *err)
{
	uint64_t end = directory->count ? directory->entries[0].header_offset : directory->start;

	if (hides_entry(file, 0, end, err))
		return error_is_set(err) ? false
					 : error_set(err, ERROR_INPUT,
						     "damaged zip archive: an entry that its directory does not name "
						     "hides before the first one");
	for (size_t i = 0; i < directory->count; i++) {
		struct zip_entry *entry = &directory->entries[i];
		uint64_t next = i + 1 < directory->count ? directory->entries[i + 1].header_offset : directory->start;

		if (!check_header(entry, file, &end, err) || !check_gap(entry, file, end, next, err))
			return false;
	}
	return true;
}
