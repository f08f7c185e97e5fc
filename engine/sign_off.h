// SPDX-License-Identifier: MIT
/*
 * The sign-off of a runbook: somebody accepts what it has done.
 */
#pragma once

#include "steps/ledger.h"

struct sign_off_request {
	const char *runbook_id;
	const char *user;
	const char *reason; /* NULL: only the backups are to be removed */
	const char *repeat; /* as in struct run_request */
	bool prune_backups; /* remove $RUNBOOK_BACKUP_FOLDER of all its steps */
};

struct sign_off_report {
	struct ledger_acceptance acceptance; /* as it is now */
	bool is_new;
	uint64_t pruned_bytes;
	char *pruned_folder; /* NULL: nothing was removed */
};

void sign_off_report_release(struct sign_off_report *report);

/*
 * Accepts a completed runbook: from then on other runbooks may follow, and its backups may be removed. ERROR_REFUSED: steps that are not done, or it is
 * taken back; ERROR_USAGE: no reason. One that is signed off already stays as it is.
 */
bool sign_off(struct ledger *ledger, const struct sign_off_request *request, struct sign_off_report *ret,
	      struct error *err);
