// SPDX-License-Identifier: MIT
/*
 * The end of a zip file, which says where its central directory is (APPNOTE 4.3.14 to 4.3.16).
 */
#pragma once

#include <stdint.h>

#include "packages/file_window.h"
#include "runbook/base/error.h"

struct zip_end {
	uint64_t directory_offset;
	uint64_t directory_bytes;
	uint64_t entry_count;
	uint64_t file_end; /* behind the last record, without comment: what follows is not read */
};

/*
 * Finds and checks it. It must lie in the last 64 KiB, be the only one that readers could find, and stand right behind the directory, with
 * offsets that count from the file's first byte. Otherwise ERROR_INPUT. A comment and bytes behind it do no harm.
 */
bool zip_end_find(struct file_window *file, struct zip_end *ret, struct error *err);
