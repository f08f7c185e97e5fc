// SPDX-License-Identifier: MIT
#include "packages/unpacker.h"

#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

#include "runbook/base/alloc.h"

enum { OUTPUT_BYTES = 256 * 1024, GZIP_WINDOW_BITS = 15 + 16 };

struct unpacker {
	struct archive_source *source;
	const char *failure; /* of gzip; NULL: none */
	struct archive *raw; /* all but gzip */
	z_stream gzip;
	bool gzip_started;
	bool in_member; /* of gzip: its end has not been seen */
	bool ended;
	unsigned char *output;
};

void unpacker_free(struct unpacker *unpacker)
{
	if (!unpacker)
		return;
	if (unpacker->gzip_started)
		(void)inflateEnd(&unpacker->gzip);
	archive_read_free(unpacker->raw);
	free(unpacker->output);
	free(unpacker);
}

const char *unpacker_error(const struct unpacker *unpacker)
{
	const char *message = unpacker->raw ? archive_error_string(unpacker->raw) : unpacker->failure;

	return message ? message : "damaged";
}

static int filter_of(enum file_kind kind)
{
	return kind == FILE_IS_TAR_XZ    ? ARCHIVE_FILTER_XZ
	       : kind == FILE_IS_TAR_ZST ? ARCHIVE_FILTER_ZSTD
					 : ARCHIVE_FILTER_BZIP2;
}

/* A stream without a format is one entry for libarchive. */
static bool open_raw(struct unpacker *unpacker, enum file_kind kind)
{
	struct archive_entry *entry = NULL;

	unpacker->raw = archive_read_new();
	return unpacker->raw && archive_read_support_format_raw(unpacker->raw) == ARCHIVE_OK &&
	       archive_read_append_filter(unpacker->raw, filter_of(kind)) == ARCHIVE_OK &&
	       archive_source_open(unpacker->source, unpacker->raw) == ARCHIVE_OK &&
	       archive_read_next_header(unpacker->raw, &entry) == ARCHIVE_OK;
}

static bool open_gzip(struct unpacker *unpacker)
{
	unpacker->output = xmalloc_pages(OUTPUT_BYTES);
	unpacker->gzip_started = inflateInit2(&unpacker->gzip, GZIP_WINDOW_BITS) == Z_OK;
	unpacker->in_member = true;
	unpacker->failure = "out of memory";
	return unpacker->gzip_started;
}

bool unpacker_open(enum file_kind kind, struct archive_source *source, struct unpacker **ret, struct error *err)
{
	struct unpacker *unpacker = xcalloc(1, sizeof(*unpacker));

	unpacker->source = source;
	if (kind == FILE_IS_TAR_GZ ? open_gzip(unpacker) : open_raw(unpacker, kind)) {
		*ret = unpacker;
		return true;
	}
	(void)error_set(err, ERROR_INPUT, "damaged %s archive: %s", file_kind_name(kind), unpacker_error(unpacker));
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

	if (unpacker->gzip.avail_in)
		return true;
	got = archive_source_read(unpacker->source, &bytes);
	if (got < 0)
		return fail(unpacker, "cannot be read");
	unpacker->gzip.next_in = (z_const Bytef *)bytes;
	unpacker->gzip.avail_in = (uInt)got;
	return true;
}

/* Behind a member comes another one, or zeros up to the end of a tape's record. */
static bool start_member(struct unpacker *unpacker)
{
	z_stream *gzip = &unpacker->gzip;

	while (refill(unpacker) && gzip->avail_in && !*gzip->next_in) {
		gzip->next_in++;
		gzip->avail_in--;
	}
	unpacker->ended = !gzip->avail_in;
	unpacker->in_member = !unpacker->ended;
	return unpacker->ended || inflateReset(gzip) == Z_OK;
}

static bool inflate_some(struct unpacker *unpacker)
{
	int result;

	if (!refill(unpacker))
		return false;
	if (!unpacker->gzip.avail_in)
		return fail(unpacker, "truncated gzip data");
	result = inflate(&unpacker->gzip, Z_NO_FLUSH);
	if (result == Z_STREAM_END) {
		unpacker->in_member = false;
		return true;
	}
	if (result != Z_OK)
		return fail(unpacker, unpacker->gzip.msg ? unpacker->gzip.msg : "damaged gzip data");
	return true;
}

static ssize_t read_gzip(struct unpacker *unpacker, const void **ret)
{
	z_stream *gzip = &unpacker->gzip;

	gzip->next_out = unpacker->output;
	gzip->avail_out = OUTPUT_BYTES;
	while (gzip->avail_out && !unpacker->ended)
		if (!(unpacker->in_member ? inflate_some(unpacker) : start_member(unpacker)))
			return -1;
	*ret = unpacker->output;
	return (ssize_t)(OUTPUT_BYTES - gzip->avail_out);
}

ssize_t unpacker_read(struct unpacker *unpacker, const void **ret)
{
	return unpacker->raw ? read_raw(unpacker, ret) : read_gzip(unpacker, ret);
}
