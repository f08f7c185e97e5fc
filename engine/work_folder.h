// SPDX-License-Identifier: MIT
/*
 * The folders of a run (design section 8), below PACKAGEROOT/RunbookWorkingFolder/RUNBOOKID.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

#define WORK_FOLDER_NAME "RunbookWorkingFolder"

/* Where one attempt of one step has its things. All absolute, all owned. */
struct work_folder {
	char *run;      /* RunbookWorkingFolder/RUNBOOKID */
	char *step;     /* …/MACHINE/SERVICEMODEL/STEPID */
	char *log;      /* …/STEPID/Log */
	char *attempt;  /* …/STEPID/attempt-N */
	char *backup;   /* …/RUNBOOKID/Backup/SERVICEMODEL: $RUNBOOK_BACKUP_FOLDER */
	char *programs; /* …/RUNBOOKID/bin: holds `runbook`, a link to this very program */
};

#define WORK_FOLDER_INIT \
	{                \
		0        \
	}

void work_folder_release(struct work_folder *folder);

struct work_place {
	const char *package_root;
	const char *runbook_id;
	const char *restores; /* id of the runbook whose backups the steps use; NULL or "": its own */
	const char *machine;
	const char *service_model;
	uint32_t step;
	uint32_t attempt;
};

/* Only names them. ERROR_REFUSED if machine or service model is no plain name. */
bool work_folder_name(const struct work_place *place, struct work_folder *ret, struct error *err);

/*
 * Makes what is missing of one run: Backup and bin with its link. As root, a working folder that somebody else could change is refused. Done
 * once per run, before the first step.
 */
bool work_folder_make_run(const char *package_root, const char *runbook_id, struct error *err);

/*
 * Makes what is missing of the attempt's folders and its lock file; *ret_lock is the latter, open. Their names are made durable with the first record
 * that the supervisor syncs in them: a power cut before that leaves no folder, which is judged as unknown, never as a success.
 */
bool work_folder_make_attempt(const struct work_folder *folder, int *ret_lock, struct error *err);

/* The same, and takes the lock. */
bool work_folder_lock_attempt(const struct work_folder *folder, int *ret_lock, struct error *err);

/*
 * Removes what is left of an attempt that the ledger has never heard of: it is an older copy, or the attempt never began. Records would be taken for those of the attempt that is to
 * begin.
 */
bool work_folder_forget_attempt(const struct work_folder *folder, struct error *err);

/* Whether somebody holds the lock of an attempt's folder; a lock file that is not there is held by nobody. */
bool work_folder_is_locked(const char *attempt_folder, bool *ret_locked, struct error *err);
