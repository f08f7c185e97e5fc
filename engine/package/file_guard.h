// SPDX-License-Identifier: MIT
/*
 * The files of a service model, scripts and payload, are what was extracted when its first step of a run is about to start.
 *
 * They are compared with the list of digests that the extraction left (packages/digest_list.h), or for a package root that somebody else made with what the import
 * recorded (steps/root_files.h), once per service model and run, and again before each retry. Files that are not in the list are nobody's business: steps may leave some.
 */
#pragma once

#include "packages/digest_list.h"
#include "runbook/base/error.h"
#include "runbook/base/strv.h"

struct ledger_step;
struct run;

struct file_guard {
	struct digest_list *list; /* NULL: there is none */
	const char *event;        /* when it was made: WHEN_… of package_digests.h */
	struct strv checked;      /* service models */
};

#define FILE_GUARD_INIT               \
	{                             \
		NULL, NULL, STRV_INIT \
	}

/* ERROR_REFUSED: the list is damaged. */
bool file_guard_open(struct run *run, struct error *err);
void file_guard_release(struct file_guard *guard);

/* Whether the step's service model is yet to be checked. */
bool file_guard_is_due(const struct file_guard *guard, const struct ledger_step *step);

/*
 * Checks it, which takes as long as reading the files. ERROR_REFUSED names every file that has changed, with its digests, unless that was accepted before, or the request accepts changes: then
 * each is recorded as an override of the step, with "DIGEST  PATH" as its detail. Must not be called within a transaction.
 */
bool file_guard_check(struct run *run, const struct ledger_step *step, struct error *err);

/*
 * For who only wants to know: `ret_trouble` becomes what file_guard_check() would refuse, in one line, or NULL; the caller frees it. Checks a service model once, too, and
 * records nothing in the ledger.
 */
bool file_guard_look(struct run *run, const struct ledger_step *step, char **ret_trouble, struct error *err);
