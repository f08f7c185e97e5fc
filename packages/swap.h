// SPDX-License-Identifier: MIT
/*
 * Puts a whole folder in the place of another in one moment.
 *
 * The new folder is made in `.NAME.runbook/new`, beside the target NAME, in a folder that only its maker can enter and that is locked while in use. Then both
 * change places (RENAME_EXCHANGE), and what was there before is removed. At every moment the target is the old folder or the new one; a crash leaves
 * `.NAME.runbook`, which the next swap of the same target removes.
 *
 * A file system that cannot exchange gets two renames with a journal between them: there, for a moment, the target is missing, and if a
 * crash comes just then, swap_open() finishes what was begun.
 *
 *	CLEANUP(swap_release) struct swap swap = SWAP_INIT;
 *	if (!swap_open(&swap, target, err) || !swap_begin(&swap, err) || !… fill swap.new_fd … || !swap_commit(&swap, err))
 */
#pragma once

#include "runbook/base/error.h"

/* A folder below the work folder that the caller may make and fill; it goes with it. */
#define SWAP_PARTS "parts"

struct swap {
	int parent_fd;
	int work_fd;   /* the folder `.NAME.runbook`, locked */
	int new_fd;    /* the folder to fill; -1 before swap_begin() */
	int target_fd; /* the target as it is; -1: there is none */
	char *parent;
	char *target; /* absolute */
	char *work;   /* path of `.NAME.runbook` */
	bool is_open; /* the work folder is ours */
};

#define SWAP_INIT                                       \
	{                                               \
		-1, -1, -1, -1, NULL, NULL, NULL, false \
	}

/*
 * Takes the target for itself and settles what a crash left there. ERROR_INPUT: its parent is missing. ERROR_REFUSED: it is a link or no folder, and as root,
 * a parent that somebody else could change. ERROR_BUSY: another swap of it is under way.
 */
bool swap_open(struct swap *swap, const char *target, struct error *err);

/* Makes the new folder, 0700 until the caller gives it the mode it is to have. */
bool swap_begin(struct swap *swap, struct error *err);

/* Syncs the new folder and puts it into place, durably. After a failure the target is what it was, unless only the last sync failed, or the second
 * of two renames and its undoing: then both folders are kept, and the next swap_open() finishes. */
bool swap_commit(struct swap *swap, struct error *err);

/* Takes the target away, if there is one. */
bool swap_remove(struct swap *swap, struct error *err);

/* Removes what is not needed any more, and lets go. */
void swap_release(struct swap *swap);
