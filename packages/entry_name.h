// SPDX-License-Identifier: MIT
/*
 * Which names of an archive's entries become paths of a package. Pure.
 *
 * A package is made on Windows or Unix and must mean the same on both: what one of them could not store, or would store under another
 * name, is refused here.
 */
#pragma once

#include <stddef.h>

struct entry_name_limits {
	unsigned depth; /* folders in a path */
	unsigned path_bytes;
};

/*
 * Turns the name of an entry into a relative path with single slashes in `ret` (the caller frees it) and returns NULL; the root of the
 * archive itself (`./`) becomes "". Otherwise returns the reason why it is refused: not UTF-8, a control character, absolute, drive letter, `..`,
 * a `:` (a stream of a file, for Windows), a name that Windows reserves, a trailing dot or space, too long, too deep, one that
 * begins with `.runbook-` (digest_list.h, signature_record.h).
 */
const char *entry_name_normalise(const char *name, const struct entry_name_limits *limits, char **ret);
