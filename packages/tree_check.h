// SPDX-License-Identifier: MIT
/*
 * A second look at a tree that a caged process has made, before anybody gets to see it.
 */
#pragma once

#include <stdint.h>

#include "packages/extract_report.h"

struct tree_count {
	uint64_t files;
	uint64_t folders;
	uint64_t bytes;
};

/*
 * Walks the tree without following anything. It must hold the files of the report, which are sorted, with their sizes, and folders, and nothing else: no links, no
 * second names, nothing of another owner, no set-id bits, no name with a control character, no folder deeper than `depth`. Modes become what they shall be:
 * folders 0755, files 0644 or 0755. `seen` of the files is used. ERROR_REFUSED: something is not as it should be.
 */
bool tree_check(int tree_fd, struct report_reader *report, unsigned depth, struct tree_count *ret, struct error *err);
