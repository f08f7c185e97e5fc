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
 * unsafe) is in `problems` and turned into one ERROR_INPUT; no steps at all, an id that is there already (without `replace`, or started) is ERROR_REFUSED.
 * States other than NotStarted in the file are taken over as overrides of kind Imported (InProgress becomes Interrupted: nobody here knows how it ended).
 */
bool ledger_import(struct ledger *ledger, const struct import_request *request, struct import_report *ret,
		   struct problem_list *warnings, struct error *err);

/* Writes the runbook as it is now ("-": standard output); one read transaction, so a run that goes on meanwhile does not show half. */
bool ledger_export(struct ledger *ledger, const char *runbook_id, const char *path, struct error *err);
