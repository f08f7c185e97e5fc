// SPDX-License-Identifier: MIT
#include "packages/unpacker.h"

#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

#include "packages/entry_error.h"
#include "runbook/base/alloc.h"

enum { OUTPUT_BYTES = 256 * 1024, GZIP_WINDOW_BITS = 15 + 16, DEFLATE_WINDOW_BITS = -15 };

struct unpacker {
	struct archive_source *source;
	enum unpacker_method method;
	const char *failure; /* what libarchive does not say */
	struct archive *raw; /* all but gzip and deflate */
	z_stream zlib;
	bool zlib_started;
	bool in_member; /* of gzip: its end has not been seen */
	bool ended;
	unsigned char *output;
};

void unpacker_free(struct unpacker *unpacker)
{
	if (!unpacker)
		return;
	if (unpacker->zlib_started)
		(void)inflateEnd(&unpacker->zlib);
	archive_read_free(unpacker->raw);
	free(unpacker->output);
	free(unpacker);
}

const char *unpacker_error(const struct unpacker *unpacker)
{
	const char *message = unpacker->raw ? archive_error_string(unpacker->raw) : NULL;

	return message ? message : unpacker->failure;
}

static int filter_of(enum unpacker_method method)
{
	return method == UNPACK_XZ     ? ARCHIVE_FILTER_XZ
	       : method == UNPACK_ZSTD ? ARCHIVE_FILTER_ZSTD
				       : ARCHIVE_FILTER_BZIP2;
}

/*
 * A stream without a format is one entry for libarchive. Without the format of nothing at all it would say of a filter that can give nothing only that it does
 * not recognise what comes out, not why: that its dictionary is too large, say.
 */
static bool open_raw(struct unpacker *unpacker)
{
	struct archive_entry *entry = NULL;

	unpacker->raw = archive_read_new();
	unpacker->failure = "nothing is compressed in it";
	return unpacker->raw && archive_read_support_format_raw(unpacker->raw) == ARCHIVE_OK &&
	       archive_read_support_format_empty(unpacker->raw) == ARCHIVE_OK &&
	       archive_read_append_filter(unpacker->raw, filter_of(unpacker->method)) == ARCHIVE_OK &&
	       archive_source_open(unpacker->source, unpacker->raw) == ARCHIVE_OK &&
	       !archive_error_string(unpacker->raw) && archive_read_next_header(unpacker->raw, &entry) == ARCHIVE_OK;
}

static bool open_zlib(struct unpacker *unpacker)
{
	unpacker->output = xmalloc_pages(OUTPUT_BYTES);
	unpacker->zlib_started =
		inflateInit2(&unpacker->zlib,
			     unpacker->method == UNPACK_GZIP ? GZIP_WINDOW_BITS : DEFLATE_WINDOW_BITS) == Z_OK;
	unpacker->in_member = true;
	unpacker->failure = "out of memory";
	return unpacker->zlib_started;
}

bool unpacker_open(enum unpacker_method method, struct archive_source *source, struct unpacker **ret, struct error *err)
{
	struct unpacker *unpacker = xcalloc(1, sizeof(*unpacker));

	unpacker->source = source;
	unpacker->method = method;
	if (method == UNPACK_GZIP || method == UNPACK_DEFLATE ? open_zlib(unpacker) : open_raw(unpacker)) {
		*ret = unpacker;
		return true;
	}
	if (!entry_needs_memory(err, unpacker_error(unpacker)))
		(void)error_set(err, ERROR_INPUT, "damaged archive: %s", unpacker_error(unpacker));
	unpacker_free(unpacker);
	return false;
}

static ssize_t read_raw(struct unpacker *unpacker, const void **ret)
{
	size_t length = 0;
	la_int64_t offset = 0;
	int result;

	do
		result = archive_read_data_block(unpacker->raw, ret, &length, &offset);
	while (result == ARCHIVE_OK && !length);
	return result == ARCHIVE_EOF ? 0 : result == ARCHIVE_OK ? (ssize_t)length : -1;
}

static bool fail(struct unpacker *unpacker, const char *failure)
{
	unpacker->failure = failure;
	return false;
}

/* Sees to it that there is input; at the end of the file there is none. */
static bool refill(struct unpacker *unpacker)
{
	const void *bytes = NULL;
	la_ssize_t got;

	if (unpacker->zlib.avail_in)
		return true;
	got = archive_source_read(unpacker->source, &bytes);
	if (got < 0)
		return fail(unpacker, "cannot be read");
	unpacker->zlib.next_in = (z_const Bytef *)bytes;
	unpacker->zlib.avail_in = (uInt)got;
	return true;
}

/* Behind a member comes another one, or zeros up to the end of a tape's record. */
static bool start_member(struct unpacker *unpacker)
{
	z_stream *zlib = &unpacker->zlib;

	while (refill(unpacker) && zlib->avail_in && !*zlib->next_in) {
		zlib->next_in++;
		zlib->avail_in--;
	}
	unpacker->ended = !zlib->avail_in;
	unpacker->in_member = !unpacker->ended;
	return unpacker->ended || inflateReset(zlib) == Z_OK;
}

static bool inflate_some(struct unpacker *unpacker)
{
	int result;

	if (!refill(unpacker))
		return false;
	if (!unpacker->zlib.avail_in)
		return fail(unpacker, "truncated deflate data");
	result = inflate(&unpacker->zlib, Z_NO_FLUSH);
	if (result == Z_STREAM_END) {
		unpacker->in_member = false;
		unpacker->ended = unpacker->method == UNPACK_DEFLATE;
		return true;
	}
	if (result != Z_OK)
		return fail(unpacker, unpacker->zlib.msg ? unpacker->zlib.msg : "damaged deflate data");
	return true;
}

static ssize_t read_zlib(struct unpacker *unpacker, const void **ret)
{
	z_stream *zlib = &unpacker->zlib;

	zlib->next_out = unpacker->output;
	zlib->avail_out = OUTPUT_BYTES;
	while (zlib->avail_out && !unpacker->ended)
		if (!(unpacker->in_member ? inflate_some(unpacker) : start_member(unpacker)))
			return -1;
	*ret = unpacker->output;
	return (ssize_t)(OUTPUT_BYTES - zlib->avail_out);
}

ssize_t unpacker_read(struct unpacker *unpacker, const void **ret)
{
	return unpacker->raw ? read_raw(unpacker, ret) : read_zlib(unpacker, ret);
}
