// SPDX-License-Identifier: MIT
/*
 * What a file is, told by its first bytes: one of the archives we read, or something else by its name. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum file_kind {
	FILE_IS_ZIP,
	FILE_IS_7Z,
	FILE_IS_TAR,
	FILE_IS_TAR_GZ,
	FILE_IS_TAR_XZ,
	FILE_IS_TAR_ZST,
	FILE_IS_TAR_BZ2,
	FILE_IS_OTHER,
	FILE_IS_UNKNOWN, /* a zip file with something before it, if it ends like one */
};

/* So many first bytes are looked at. */
enum { FILE_KIND_BYTES = 33 * 1024 };

/*
 * Looks at the first `length` bytes of a file (all there are, or FILE_KIND_BYTES). A compressed file is called a tar archive: what is in it is not seen
 * here. For the last two, `ret_looks_like` says what it looks like: "a RAR archive", "HTML (an error page of a download?)", "an empty file".
 */
enum file_kind file_kind_probe(const void *bytes, size_t length, const char **ret_looks_like);

/* "zip", "tar.gz" … */
const char *file_kind_name(enum file_kind kind);
