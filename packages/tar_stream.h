// SPDX-License-Identifier: MIT
/*
 * A tar archive, compressed or not, as libarchive reads it, and the check that it was whole.
 */
#pragma once

#include <archive.h>

#include "packages/archive_source.h"
#include "packages/cage.h"
#include "packages/file_kind.h"
#include "runbook/base/error.h"

struct tar_stream;

struct tar_stream_input {
	enum file_kind kind;
	struct archive_source *source; /* must outlive stream and archive */
	const struct cage *cage; /* if we are in it, a large file is decompressed by a process of its own; NULL: not */
};

/* Opens `archive` (with the tar reader enabled) on a file. */
bool tar_stream_open(const struct tar_stream_input *input, struct archive *archive, struct tar_stream **ret,
		     struct error *err);

/* Takes NULL; to be freed after the archive. */
void tar_stream_free(struct tar_stream *stream);

/* What is wrong with the compressed stream below the tar archive; NULL: nothing. */
const char *tar_stream_error(const struct tar_stream *stream);

/*
 * To be called when libarchive says that the archive is at its end: a compressed stream must end well too. What follows behind a tar archive is not looked at,
 * as no reader does, but there must not be much of it.
 */
bool tar_stream_finish(struct tar_stream *stream, struct error *err);
