// SPDX-License-Identifier: MIT
/*
 * A module inside a package: a NuGet package, which is a zip file with a manifest at its top.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

/* No real manifest comes near to it. */
enum { NUPKG_MANIFEST_LIMIT_BYTES = 1 << 20 };

/*
 * Reads it in a process of its own that can do no harm (cage.h), as all archives are that strangers made. A process that misbehaves is ERROR_REFUSED.
 */
bool nupkg_read_caged(int fd, const char *path, struct strbuf *ret, struct error *err);

/*
 * The same, in this process. Appends the content of NAME.nuspec to `ret`; nothing is unpacked. `path` is the name of the open file, for messages. ERROR_INPUT: no archive we read, no manifest,
 * more than one, too large; ERROR_REFUSED: what policy forbids in any archive.
 */
bool nupkg_read_manifest(int fd, const char *path, struct strbuf *ret, struct error *err);
