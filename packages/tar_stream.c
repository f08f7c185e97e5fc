// SPDX-License-Identifier: MIT
#include "packages/tar_stream.h"

#include <errno.h>

#include "packages/entry_error.h"
#include "packages/unpacker_process.h"
#include "runbook/base/alloc.h"

/* A tape's record is filled up with zeros or rubbish: 10 KiB, or what somebody wanted it to be. */
enum { PADDING_LIMIT = 4 * 1024 * 1024 };

/* Below that a process is not worth its start. */
enum { PROCESS_FROM_BYTES = 1024 * 1024 };

struct tar_stream {
	struct archive_source *source;
	struct unpacker *unpacker;        /* NULL: not compressed */
	struct unpacker_process *process; /* who uses the unpacker; NULL: we do */
	bool failed;
};

void tar_stream_free(struct tar_stream *stream)
{
	if (!stream)
		return;
	unpacker_process_free(stream->process);
	unpacker_free(stream->unpacker);
	free(stream);
}

const char *tar_stream_error(const struct tar_stream *stream)
{
	if (!stream->failed || !stream->unpacker)
		return NULL;
	return stream->process ? unpacker_process_error(stream->process) : unpacker_error(stream->unpacker);
}

static la_ssize_t read_more(struct tar_stream *stream, const void **ret)
{
	la_ssize_t got = stream->process    ? unpacker_process_read(stream->process, ret)
			 : stream->unpacker ? unpacker_read(stream->unpacker, ret)
					    : archive_source_read(stream->source, ret);

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

static bool open_unpacker(const struct tar_stream_input *input, struct tar_stream *stream, struct error *err)
{
	if (input->kind == FILE_IS_TAR)
		return true;
	if (!unpacker_open(method_of(input->kind), input->source, &stream->unpacker, err))
		return false;
	if (!input->cage || input->source->end < PROCESS_FROM_BYTES)
		return true;
	return unpacker_process_start(stream->unpacker, input->source, input->cage, &stream->process, err);
}

static bool open_archive(const struct tar_stream_input *input, struct tar_stream *stream, struct archive *archive,
			 struct error *err)
{
	const char *below;

	archive_read_set_read_callback(archive, read_stream);
	archive_read_set_callback_data(archive, stream);
	if (archive_read_open1(archive) == ARCHIVE_OK)
		return true;
	below = tar_stream_error(stream);
	if (below && entry_needs_memory(err, below))
		return false;
	if (below)
		return error_set(err, ERROR_INPUT, "damaged %s archive: %s", file_kind_name(input->kind), below);
	return error_set(err, ERROR_INPUT,
			 stream->unpacker ? "what is compressed in it is no tar archive" : "damaged tar archive");
}

/* The archive keeps a pointer to the stream even if it cannot be opened: the caller frees both. */
bool tar_stream_open(const struct tar_stream_input *input, struct archive *archive, struct tar_stream **ret,
		     struct error *err)
{
	struct tar_stream *stream = xcalloc(1, sizeof(*stream));

	stream->source = input->source;
	*ret = stream;
	return open_unpacker(input, stream, err) && open_archive(input, stream, archive, err);
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
		return error_set(err, ERROR_INPUT, "damaged archive: %s", tar_stream_error(stream));
	if (rest > PADDING_LIMIT)
		return error_set(err, ERROR_INPUT, "damaged tar archive: it goes on far behind its end");
	return true;
}
