// SPDX-License-Identifier: MIT
/*
 * A folder's backup: a copy of everything in it, and a manifest that is written last.
 *
 * It lies in BACKUPFOLDER/NAME-DIGEST/, where NAME is the folder's name and DIGEST tells two of the same name apart by their whole path: `tree/` has the
 * contents, readable for its owner only, `manifest` owners, modes, times and digests (packages/manifest.h). Without a manifest it is not complete and is
 * nothing: the next backup begins anew. Files, folders and links are kept; anything else (a socket, a device) refuses the backup. Of hard links each
 * becomes a file; extended attributes are not kept.
 */
#pragma once

#include "packages/manifest.h"

struct backup {
	char *folder;             /* BACKUPFOLDER/NAME-DIGEST */
	struct manifest manifest; /* sorted */
};

#define BACKUP_INIT                 \
	{                           \
		NULL, MANIFEST_INIT \
	}

void backup_release(struct backup *backup);

#define CLEANUP_BACKUP CLEANUP(backup_release)

/* Where the backup of a folder lies (absolute paths); the caller frees it. */
char *backup_path(const char *backup_folder, const char *target);

/*
 * Makes the backup of `target`, open as `target_fd` (-1: there is no such folder, which is kept too), unless there is a complete one: that is never replaced,
 * for what is in the folder by then may be the new content. *ret_made says which. The caller sees to it that only one does so at a time.
 * ERROR_REFUSED: something that cannot be kept, or a damaged manifest.
 */
bool backup_make(const char *folder, const char *target, int target_fd, bool *ret_made, struct error *err);

/* Opens a complete backup. ERROR_REFUSED: none, not complete, damaged, or of another folder. */
bool backup_open(const char *folder, const char *target, struct backup *ret, struct error *err);

/* Whether the backup says that there was no folder. */
bool backup_is_absent(const struct backup *backup);

/*
 * Puts the backup's content into the empty folder `to_fd`, with owners, modes and times. ERROR_REFUSED if it is not what the manifest says, to the last
 * byte. Who may not give files away gets an ERROR_SYSTEM for those of others.
 */
bool backup_copy_out(struct backup *backup, int to_fd, struct error *err);
