// SPDX-License-Identifier: MIT
/*
 * The tree of names of an archive: finds two that would be one for somebody.
 */
#pragma once

#include "runbook/base/error.h"

struct name_tree;

struct name_tree *name_tree_new(void);
void name_tree_free(struct name_tree *tree);

/*
 * Adds a normalised path and the folders above it. A folder may come more than once, a file may not. ERROR_REFUSED with both names if the path or
 * a folder above it is there already as a file, as the other of file and folder, or in another spelling that differs by case or
 * Unicode normalisation only.
 */
bool name_tree_add(struct name_tree *tree, const char *path, bool folder, struct error *err);
