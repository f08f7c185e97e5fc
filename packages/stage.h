// SPDX-License-Identifier: MIT
/*
 * A new folder that appears whole or not at all.
 *
 * The tree is made in `.NAME.partial-XXXXXX/tree` beside the target NAME, in a folder that only its maker can enter, and renamed into place when it is complete
 * and on the disk. Until then that folder holds a locked file: what a crash left behind is known by its lock being free, and
 * removed by the next stage in the same parent.
 *
 *	CLEANUP(stage_release) struct stage stage = STAGE_INIT;
 *	if (!stage_open(&stage, target, err) || !… fill stage.tree_fd … || !stage_commit(&stage, err))
 */
#pragma once

#include "runbook/base/error.h"

struct stage {
	int parent_fd;
	int folder_fd; /* the staging folder */
	int lock_fd;
	int tree_fd;  /* the folder to fill */
	char *parent; /* path of the target's folder */
	char *target; /* its name in there */
	char *name;   /* of the staging folder; NULL: there is none, or no longer */
};

#define STAGE_INIT                               \
	{                                        \
		-1, -1, -1, -1, NULL, NULL, NULL \
	}

/* `target` must not exist (ERROR_REFUSED) and its parent must (ERROR_INPUT). Removes what crashed stages left in the parent. */
bool stage_open(struct stage *stage, const char *target, struct error *err);

/* Syncs the file system, renames the tree to the target and syncs its parent. If the target has appeared meanwhile: ERROR_REFUSED. */
bool stage_commit(struct stage *stage, struct error *err);

/* Without a commit nothing is left. */
void stage_release(struct stage *stage);
