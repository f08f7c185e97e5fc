// SPDX-License-Identifier: MIT
/*
 * Walks along a folder tree that somebody else may be changing: each folder is opened beneath the one before it, and no link is followed.
 *
 * Entries come in byte order of their names, so that the same tree always gives the same sequence.
 */
#pragma once

#include <sys/stat.h>

#include "runbook/base/error.h"

/* Deeper trees are refused: each level holds a descriptor. */
enum { TREE_WALK_DEPTH = 200 };

struct tree_item {
	int folder_fd; /* what it lies in */
	const char *name;
	const char *path; /* below the root: "a/b" */
	const struct stat *st;
};

struct tree_walk {
	/* Every entry, a folder before what is in it; NULL: not wanted. */
	bool (*enter)(void *context, const struct tree_item *item, struct error *err);
	/* A folder, behind what is in it; NULL: not wanted. `st` is that of before. */
	bool (*leave)(void *context, const struct tree_item *item, struct error *err);
	void *context;
	const char *root; /* the root's path, for messages */
	/* Whether what is in a folder is wanted, too; NULL: all of it is. */
	bool (*descend)(void *context, const struct tree_item *item);
};

/* Ends at the first entry whose function returns false, with its error. The root itself is no entry. */
bool tree_walk(int root_fd, const struct tree_walk *walk, struct error *err);
