// SPDX-License-Identifier: MIT
/*
 * The stream inside a compressed file: exactly one layer, with every checksum checked.
 *
 * libarchive would stop decompressing where the tar archive ends, before the checksum of the last block, and never looks at that of gzip: a flipped bit in the
 * last file would go unseen. So the layers are taken apart: gzip and deflate are read with zlib, xz, zstd and bzip2 with a libarchive of their
 * own, and both to their end.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "packages/archive_source.h"
#include "runbook/base/error.h"

struct unpacker;

enum unpacker_method { UNPACK_GZIP, UNPACK_DEFLATE, UNPACK_BZIP2, UNPACK_XZ, UNPACK_ZSTD };

/* `source` is the file, or a part of it, and must outlive it. UNPACK_DEFLATE is a single stream without header and checksum, as in a zip file. */
bool unpacker_open(enum unpacker_method method, struct archive_source *source, struct unpacker **ret,
		   struct error *err);

/* Takes NULL. */
void unpacker_free(struct unpacker *unpacker);

/* The next bytes of the stream, valid until the next call; 0 at its end, -1 if it is damaged or truncated. */
ssize_t unpacker_read(struct unpacker *unpacker, const void **ret);

/* What went wrong, for a message; valid until the next call. */
const char *unpacker_error(const struct unpacker *unpacker);
