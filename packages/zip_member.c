// SPDX-License-Identifier: MIT
#include "packages/zip_member.h"

#include <inttypes.h>
#include <libdeflate.h>

#include "packages/entry_error.h"
#include "packages/unpacker.h"
#include "runbook/base/alloc.h"

/* At once: packed and unpacked bytes up to these are in memory. */
enum { PACKED_AT_ONCE = 8 * 1024 * 1024, AT_ONCE = 24 * 1024 * 1024, PIECE_BYTES = 256 * 1024 };
enum { METHOD_STORE = 0, METHOD_DEFLATE = 8 };

struct zip_member_reader {
	struct file_window window;
	struct libdeflate_decompressor *inflater;
	unsigned char *output;
	size_t output_alloc;
	struct archive_source source; /* of the entry's packed bytes, for what is unpacked piece by piece */
	struct unpacker *unpacker;
	const struct zip_entry *entry;
	uint64_t given; /* bytes of it */
	uint32_t crc32;
};

struct zip_member_reader *zip_member_reader_new(int fd, uint64_t file_bytes)
{
	struct zip_member_reader *reader = xcalloc(1, sizeof(*reader));

	file_window_init(&reader->window, fd, file_bytes);
	reader->inflater = libdeflate_alloc_decompressor();
	if (!reader->inflater)
		abort();
	return reader;
}

static void close_stream(struct zip_member_reader *reader)
{
	unpacker_free(reader->unpacker);
	reader->unpacker = NULL;
	archive_source_release(&reader->source);
}

void zip_member_reader_free(struct zip_member_reader *reader)
{
	if (!reader)
		return;
	close_stream(reader);
	file_window_release(&reader->window);
	libdeflate_free_decompressor(reader->inflater);
	free(reader->output);
	free(reader);
}

static bool is_small(const struct zip_entry *entry)
{
	return entry->packed_bytes <= PACKED_AT_ONCE && entry->size_bytes < AT_ONCE;
}

static bool open_stream(struct zip_member_reader *reader, struct error *err)
{
	const struct zip_entry *entry = reader->entry;
	enum unpacker_method method = entry->method == METHOD_DEFLATE ? UNPACK_DEFLATE : UNPACK_BZIP2;
	CLEANUP_ERROR struct error reason = ERROR_INIT;

	archive_source_init(&reader->source, reader->window.fd, entry->data_offset + entry->packed_bytes);
	reader->source.offset = entry->data_offset;
	if (unpacker_open(method, &reader->source, &reader->unpacker, &reason))
		return true;
	return entry_damaged(err, entry->name, "%s", reason.message);
}

bool zip_member_open(struct zip_member_reader *reader, const struct zip_entry *entry, struct error *err)
{
	close_stream(reader);
	reader->entry = entry;
	reader->given = 0;
	reader->crc32 = 0;
	if (entry->method == METHOD_STORE)
		return entry->packed_bytes == entry->size_bytes ||
		       entry_damaged(err, entry->name, "is stored with another size than it declares");
	return (entry->method == METHOD_DEFLATE && is_small(entry)) || open_stream(reader, err);
}

static bool cut_off(const struct zip_entry *entry, struct error *err)
{
	return error_is_set(err) ? false : entry_damaged(err, entry->name, "the archive became shorter meanwhile");
}

static bool read_stored(struct zip_member_reader *reader, const void **ret, size_t *ret_length, struct error *err)
{
	const struct zip_entry *entry = reader->entry;
	uint64_t rest = entry->size_bytes - reader->given;
	size_t length = rest < PIECE_BYTES ? (size_t)rest : PIECE_BYTES;

	*ret = file_window_at(&reader->window, entry->data_offset + reader->given, length, err);
	*ret_length = length;
	return *ret ? true : cut_off(entry, err);
}

static bool too_long(const struct zip_entry *entry, struct error *err)
{
	return entry_damaged(err, entry->name, "is longer than the %" PRIu64 " bytes it declares", entry->size_bytes);
}

/* The buffer stays for the entries to come. */
static void make_room(struct zip_member_reader *reader, size_t length)
{
	if (length <= reader->output_alloc)
		return;
	free(reader->output);
	reader->output_alloc = length + length / 2 < AT_ONCE ? length + length / 2 : AT_ONCE;
	reader->output = xmalloc_pages(reader->output_alloc);
}

static bool inflate_at_once(struct zip_member_reader *reader, const void **ret, size_t *ret_length, struct error *err)
{
	const struct zip_entry *entry = reader->entry;
	size_t size = (size_t)entry->size_bytes;
	const unsigned char *packed =
		file_window_at(&reader->window, entry->data_offset, (size_t)entry->packed_bytes, err);
	enum libdeflate_result result;

	if (!packed)
		return cut_off(entry, err);
	make_room(reader, size + 1);
	result = libdeflate_deflate_decompress(reader->inflater, packed, (size_t)entry->packed_bytes, reader->output,
					       size, ret_length);
	if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
		return too_long(entry, err);
	if (result != LIBDEFLATE_SUCCESS)
		return entry_damaged(err, entry->name, "its deflate data is damaged");
	*ret = reader->output;
	return true;
}

static bool read_stream(struct zip_member_reader *reader, const void **ret, size_t *ret_length, struct error *err)
{
	ssize_t length = unpacker_read(reader->unpacker, ret);

	if (length < 0)
		return entry_damaged(err, reader->entry->name, "%s", unpacker_error(reader->unpacker));
	*ret_length = (size_t)length;
	return true;
}

/* Nothing more comes. */
static bool check_end(const struct zip_member_reader *reader, struct error *err)
{
	const struct zip_entry *entry = reader->entry;

	if (reader->given < entry->size_bytes)
		return entry_damaged(err, entry->name, "is shorter than the %" PRIu64 " bytes it declares",
				     entry->size_bytes);
	if (reader->crc32 != entry->crc32)
		return entry_damaged(err, entry->name, "is damaged: its checksum (CRC-32) is wrong");
	return true;
}

bool zip_member_read(struct zip_member_reader *reader, const void **ret, size_t *ret_length, struct error *err)
{
	const struct zip_entry *entry = reader->entry;
	bool fine = true;

	*ret_length = 0;
	if (reader->unpacker)
		fine = read_stream(reader, ret, ret_length, err);
	else if (entry->method == METHOD_STORE && reader->given < entry->size_bytes)
		fine = read_stored(reader, ret, ret_length, err);
	else if (entry->method == METHOD_DEFLATE && !reader->given)
		fine = inflate_at_once(reader, ret, ret_length, err);
	if (!fine)
		return false;
	if (!*ret_length)
		return check_end(reader, err);
	reader->given += *ret_length;
	if (reader->given > entry->size_bytes)
		return too_long(entry, err);
	reader->crc32 = libdeflate_crc32(reader->crc32, *ret, *ret_length);
	return true;
}
