// SPDX-License-Identifier: MIT
/*
 * Taking a runbook back: a runbook of its own is made from what was really done, and is then executed like any other.
 *
 * It is named ID-restore, lies in the working folder of the package, and its steps find the backups of the runbook that they take back
 * in $RUNBOOK_BACKUP_FOLDER. From the moment it is in the ledger the other one is neither executed nor changed any more.
 */
#pragma once

#include "engine/run.h"

struct restore_plan {
	char *id;       /* of the runbook that restores; owned */
	bool is_new;    /* it was made just now */
	bool is_done;   /* all its steps are done */
	char *restored; /* id of the runbook that is taken back; owned */
};

void restore_plan_release(struct restore_plan *plan);

/*
 * Finds the runbook that takes back `request->runbook_id` (which may also be its own id), or makes it: settles what is still running of the other one, plans,
 * and records both in one transaction. Needs a ledger open for writing. Of the request runbook, package path, machine, user, reason
 * are used. ERROR_REFUSED: nothing was begun; a RestoreScript is missing; the backups were removed; a later runbook has updated the same service models;
 * ERROR_BUSY: it is being executed.
 */
bool restore_prepare(struct ledger *ledger, const struct run_request *request, struct restore_plan *ret,
		     struct error *err);

/* Prints the steps that such a runbook would have, and records nothing. Needs a ledger open for reading only. */
bool restore_preview(struct ledger *ledger, const struct run_request *request, struct error *err);
