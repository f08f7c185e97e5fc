// SPDX-License-Identifier: MIT
#include "packages/zip_end.h"

#include <inttypes.h>
#include <string.h>

#include "packages/bytes.h"

enum {
	END_BYTES = 22,
	LOCATOR_BYTES = 20,
	END64_BYTES = 56,
	END64_UNCOUNTED_BYTES = 12, /* of a zip64 end record, its own size does not count these */
	COMMENT_LIMIT = UINT16_MAX,
};

static const unsigned char end_signature[4] = "PK\5\6";
static const unsigned char locator_signature[4] = "PK\6\7";
static const unsigned char end64_signature[4] = "PK\6\6";

static bool damaged(struct error *err, const char *what)
{
	return error_is_set(err) ? false : error_set(err, ERROR_INPUT, "damaged zip archive: %s", what);
}

static bool is_at(const unsigned char *at, const unsigned char signature[static 4])
{
	return memcmp(at, signature, 4) == 0;
}

/* How many bytes an end record at `at` has with its comment. */
static size_t length_at(const unsigned char *at)
{
	return (size_t)END_BYTES + bytes_le16(at + END_BYTES - 2);
}

/* Searches the last 64 KiB backwards. An earlier record that ends with the file means that some readers would believe that one. */
static bool find_record(struct file_window *file, uint64_t *ret_offset, struct error *err)
{
	uint64_t length = file->file_bytes < END_BYTES + COMMENT_LIMIT ? file->file_bytes : END_BYTES + COMMENT_LIMIT;
	const unsigned char *tail = file_window_at(file, file->file_bytes - length, (size_t)length, err);
	const unsigned char *found = NULL;

	if (!tail)
		return damaged(err, "cannot be read");
	for (size_t rest = END_BYTES; rest <= length; rest++) {
		const unsigned char *at = tail + length - rest;

		if (!is_at(at, end_signature))
			continue;
		if (found && length_at(at) == rest)
			return damaged(err, "it has two ends");
		if (!found && length_at(at) > rest)
			return damaged(err, "it is truncated");
		if (!found)
			found = at;
	}
	if (!found)
		return damaged(err, "its end is missing; the file may be truncated");
	*ret_offset = file->file_bytes - length + (uint64_t)(found - tail);
	return true;
}

/* A field of the plain record is either right or says "see the zip64 record". */
static bool agrees(uint64_t plain, uint64_t escape, uint64_t value)
{
	return plain == escape || plain == value;
}

/* Replaces what the plain end at `end_offset` says by what the zip64 end before it says, if there is one. */
static bool read_end64(struct file_window *file, uint64_t *end_offset, struct zip_end *end, struct error *err)
{
	const unsigned char *at;
	uint64_t offset;
	struct zip_end whole;

	if (*end_offset < LOCATOR_BYTES)
		return true;
	at = file_window_at(file, *end_offset - LOCATOR_BYTES, LOCATOR_BYTES, err);
	if (!at)
		return damaged(err, "cannot be read");
	if (!is_at(at, locator_signature))
		return true;
	offset = bytes_le64(at + 8);
	if (bytes_le32(at + 4) != 0 || bytes_le32(at + 16) != 1)
		return damaged(err, "it is one part of a split archive");
	at = offset > *end_offset - LOCATOR_BYTES ? NULL : file_window_at(file, offset, END64_BYTES, err);
	if (!at || !is_at(at, end64_signature) || bytes_le64(at + 4) > file->file_bytes ||
	    offset + END64_UNCOUNTED_BYTES + bytes_le64(at + 4) != *end_offset - LOCATOR_BYTES)
		return damaged(err, "its zip64 end is not where it should be");
	whole = (struct zip_end){ bytes_le64(at + 48), bytes_le64(at + 40), bytes_le64(at + 32), end->file_end };
	if (bytes_le32(at + 16) != 0 || bytes_le32(at + 20) != 0 || bytes_le64(at + 24) != whole.entry_count)
		return damaged(err, "it is one part of a split archive");
	if (!agrees(end->directory_offset, UINT32_MAX, whole.directory_offset) ||
	    !agrees(end->directory_bytes, UINT32_MAX, whole.directory_bytes) ||
	    !agrees(end->entry_count, UINT16_MAX, whole.entry_count))
		return damaged(err, "its two ends contradict each other");
	*end = whole;
	*end_offset = offset;
	return true;
}

bool zip_end_find(struct file_window *file, struct zip_end *ret, struct error *err)
{
	struct zip_end end;
	const unsigned char *at;
	uint64_t offset = 0;

	if (file->file_bytes < END_BYTES)
		return damaged(err, "it is truncated");
	if (!find_record(file, &offset, err))
		return false;
	at = file_window_at(file, offset, END_BYTES, err);
	if (!at)
		return damaged(err, "cannot be read");
	if (bytes_le16(at + 8) != bytes_le16(at + 10) ||
	    (bytes_le16(at + 4) != 0 && bytes_le16(at + 4) != UINT16_MAX) || bytes_le16(at + 4) != bytes_le16(at + 6))
		return damaged(err, "it is one part of a split archive");
	end = (struct zip_end){ bytes_le32(at + 16), bytes_le32(at + 12), bytes_le16(at + 10), offset + END_BYTES };
	if (!read_end64(file, &offset, &end, err))
		return false;
	if (end.directory_bytes > offset || end.directory_offset != offset - end.directory_bytes)
		return damaged(err,
			       "its directory is not where its end says; something was put before the archive or lost");
	*ret = end;
	return true;
}
