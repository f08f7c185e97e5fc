// SPDX-License-Identifier: MIT
/*
 * Copies one file, with its digest computed on the way.
 */
#pragma once

#include <stdint.h>

#include "packages/digest.h"
#include "packages/tree_walk.h"

struct file_copied {
	uint64_t bytes;
	char sha256[DIGEST_TEXT_SIZE];
};

/*
 * Copies a regular file of a walk to `path` below `to_fd`, where it must not exist and its folder must; it gets `mode`, whatever the umask. ERROR_REFUSED if
 * the file has become something else since it was looked at.
 */
bool file_copy(const struct tree_item *item, int to_fd, mode_t mode, struct file_copied *ret, struct error *err);
