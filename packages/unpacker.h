// SPDX-License-Identifier: MIT
/*
 * The stream inside a compressed file: exactly one layer, with every checksum checked.
 *
 * libarchive would stop decompressing where the tar archive ends, before the checksum of the last block, and never looks at that of gzip: a flipped bit in the
 * last file would go unseen. So the layers are taken apart: gzip is read with zlib, xz, zstd and bzip2 with a libarchive of their
 * own, and both to their end.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "packages/archive_source.h"
#include "packages/file_kind.h"
#include "runbook/base/error.h"

struct unpacker;

/* `source` is the file and must outlive it; `kind` is one of the compressed ones. */
bool unpacker_open(enum file_kind kind, struct archive_source *source, struct unpacker **ret, struct error *err);

/* Takes NULL. */
void unpacker_free(struct unpacker *unpacker);

/* The next bytes of the stream, valid until the next call; 0 at its end, -1 if it is damaged or truncated. */
ssize_t unpacker_read(struct unpacker *unpacker, const void **ret);

/* What went wrong, for a message; valid until the next call. */
const char *unpacker_error(const struct unpacker *unpacker);
