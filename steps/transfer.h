// SPDX-License-Identifier: MIT
/*
 * Document ⇄ ledger: import, export, and taking over another machine's results.
 */
#pragma once

#include "packages/package_root.h"
#include "runbook/base/problem.h"
#include "steps/ledger.h"

struct import_request {
	const char *runbook_file;
	const struct package_root *root;
	const char *own_machine; /* scripts of steps of other machines need not be here, but are digested if they are */
	bool replace;            /* an id that is there and has not started */
};

struct import_report {
	char *runbook_id;
	uint32_t step_count;
	uint32_t done_count; /* steps that were Completed already in the file */
};

void import_report_release(struct import_report *report);

/*
 * Reads, checks and records a runbook in one transaction: all or nothing. Every problem of the document and of the scripts it names (missing, leaving the package,
 * unsafe) is turned into one ERROR_INPUT; no steps at all, an id that is there already (without `replace`, or started) or differs from one only in
 * case is ERROR_REFUSED. Steps that are done, manual, built in or of another machine need no script here.
 * States other than NotStarted in the file are taken over as overrides of kind Imported (InProgress becomes Interrupted: nobody here knows how it ended).
 */
bool ledger_import(struct ledger *ledger, const struct import_request *request, struct import_report *ret,
		   struct problem_list *warnings, struct error *err);

struct merge_request {
	const char *runbook_id;
	const char *runbook_file; /* what the other machine exported */
	const char *own_machine;  /* its steps are left alone */
	const char *user;
};

/*
 * Takes over what became of the steps of other machines, as overrides of kind Merged, with times, outputs and logs, in one transaction; `ret_count` is how many
 * steps have another state now. Steps that have not begun there or are under way are no news. ERROR_INPUT: problems of the document, or steps that are others
 * than those of the ledger; ERROR_REFUSED: another runbook, or a step that is running here.
 */
bool ledger_merge(struct ledger *ledger, const struct merge_request *request, uint32_t *ret_count,
		  struct problem_list *warnings, struct error *err);

/* Writes the runbook as it is now ("-": standard output); one read transaction, so a run that goes on meanwhile does not show half. */
bool ledger_export(struct ledger *ledger, const char *runbook_id, const char *path, struct error *err);
