// SPDX-License-Identifier: MIT
/*
 * The extra field of a zip header: records of a 16-bit id, a 16-bit length and data (APPNOTE 4.5). Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip_extra {
	const unsigned char *data;
	size_t length;
};

enum {
	ZIP_EXTRA_ZIP64 = 0x0001,
	ZIP_EXTRA_NTFS = 0x000a,
	ZIP_EXTRA_UNIX_TIME = 0x5455,
	ZIP_EXTRA_UNICODE_PATH = 0x7075
};

/*
 * Finds the record of that id. Returns false if there is none. Behind a record whose length does not fit nothing is found; what
 * is shorter than a header is padding.
 */
bool zip_extra_find(struct zip_extra extra, uint16_t id, struct zip_extra *ret);

/* Whether a record of that id is there more than once: which of them counts, nobody says. */
bool zip_extra_is_double(struct zip_extra extra, uint16_t id);
