// SPDX-License-Identifier: MIT
#include "packages/tar_stream.h"

#include <errno.h>

#include "packages/entry_error.h"
#include "packages/unpacker.h"
#include "runbook/base/alloc.h"

/* A tape's record is filled up with zeros or rubbish: 10 KiB, or what somebody wanted it to be. */
enum { PADDING_LIMIT = 4 * 1024 * 1024 };

struct tar_stream {
	struct archive_source *source;
	struct unpacker *unpacker; /* NULL: not compressed */
	bool failed;
};

void tar_stream_free(struct tar_stream *stream)
{
	if (!stream)
		return;
	unpacker_free(stream->unpacker);
	free(stream);
}

const char *tar_stream_error(const struct tar_stream *stream)
{
	return stream->failed && stream->unpacker ? unpacker_error(stream->unpacker) : NULL;
}

static la_ssize_t read_more(struct tar_stream *stream, const void **ret)
{
	la_ssize_t got =
		stream->unpacker ? unpacker_read(stream->unpacker, ret) : archive_source_read(stream->source, ret);

	stream->failed = got < 0;
	return got;
}

static la_ssize_t read_stream(struct archive *archive, void *data, const void **ret_buffer)
{
	la_ssize_t got = read_more(data, ret_buffer);

	if (got < 0)
		archive_set_error(archive, EIO, "cannot be read");
	return got;
}

static enum unpacker_method method_of(enum file_kind kind)
{
	return kind == FILE_IS_TAR_GZ    ? UNPACK_GZIP
	       : kind == FILE_IS_TAR_XZ  ? UNPACK_XZ
	       : kind == FILE_IS_TAR_ZST ? UNPACK_ZSTD
					 : UNPACK_BZIP2;
}

bool tar_stream_open(enum file_kind kind, struct archive_source *source, struct archive *archive,
		     struct tar_stream **ret, struct error *err)
{
	struct unpacker *unpacker = NULL;
	struct tar_stream *stream;

	if (kind != FILE_IS_TAR && !unpacker_open(method_of(kind), source, &unpacker, err))
		return false;
	stream = xcalloc(1, sizeof(*stream));
	stream->source = source;
	stream->unpacker = unpacker;
	*ret = stream;
	archive_read_set_read_callback(archive, read_stream);
	archive_read_set_callback_data(archive, stream);
	if (archive_read_open1(archive) == ARCHIVE_OK)
		return true;
	if (tar_stream_error(stream) && entry_needs_memory(err, tar_stream_error(stream)))
		return false;
	if (tar_stream_error(stream))
		return error_set(err, ERROR_INPUT, "damaged %s archive: %s", file_kind_name(kind),
				 tar_stream_error(stream));
	return error_set(err, ERROR_INPUT,
			 unpacker ? "what is compressed in it is no tar archive" : "damaged tar archive");
}

bool tar_stream_finish(struct tar_stream *stream, struct error *err)
{
	uint64_t rest = 0;
	const void *bytes = NULL;
	la_ssize_t got = 0;

	if (!stream->unpacker)
		return true;
	while (rest <= PADDING_LIMIT && (got = read_more(stream, &bytes)) > 0)
		rest += (uint64_t)got;
	if (stream->source->read_errno)
		return error_set_errno(err, stream->source->read_errno, "cannot be read");
	if (got < 0)
		return error_set(err, ERROR_INPUT, "damaged archive: %s", unpacker_error(stream->unpacker));
	if (rest > PADDING_LIMIT)
		return error_set(err, ERROR_INPUT, "damaged tar archive: it goes on far behind its end");
	return true;
}
