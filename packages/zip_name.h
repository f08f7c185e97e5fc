// SPDX-License-Identifier: MIT
/*
 * The name of a zip entry as text, whatever the caller's locale. Pure.
 *
 * Zip stores bytes. They are UTF-8 if a flag says so or an Info-ZIP Unicode path (extra field 0x7075) stands beside them. Without either, what is
 * valid UTF-8 is read so, as Unix has the habit; the rest is code page 437 if it was packed on DOS or Windows, and refused if not: what a Unix machine
 * meant by it nobody can know.
 */
#pragma once

#include "packages/zip_extra.h"

struct zip_raw_name {
	const char *bytes; /* not terminated */
	size_t length;
	struct zip_extra extra;
	bool is_utf8; /* flag bit 11 */
	bool is_dos;  /* packed on DOS or Windows */
};

/*
 * Gives the name in `ret` (the caller frees it) and returns NULL, or the reason why there is none that everybody agrees on: a NUL byte, a
 * flag that lies, a Unicode path that contradicts the plain name.
 */
const char *zip_name_decode(const struct zip_raw_name *raw, char **ret);
