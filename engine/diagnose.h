// SPDX-License-Identifier: MIT
/*
 * Why a step failed: what the catalogues of its service model (SERVICEMODEL/Scripts/ErrorCode.xml), of the package (ErrorCode.xml) and of the admin say about its
 * log, and then the built-in one.
 *
 * A catalogue that is missing is fine; one that is wrong, or that others could change, is left out and named: it never makes anything fail.
 */
#pragma once

#include "logs/failures.h"
#include "packages/package_root.h"
#include "runbook/catalogue.h"
#include "steps/ledger.h"

enum { DIAGNOSE_CATALOGUES = 3 };

struct diagnoser {
	struct catalogue catalogues[DIAGNOSE_CATALOGUES];
	struct failure *failures[DIAGNOSE_CATALOGUES]; /* made of them */
	struct failure_finder *finder;
	struct problem_list problems; /* of catalogues that were left out */
};

/* Whose catalogues are asked. */
struct diagnose_request {
	const struct package_root *root; /* NULL: no package is at hand */
	const char *service_model;
	const char *admin_file; /* the admin's catalogue; NULL: none */
};

/* Reads the catalogues. */
void diagnoser_open(struct diagnoser *diagnoser, const struct diagnose_request *request);
void diagnoser_release(struct diagnoser *diagnoser);

/* What is known of an attempt that has failed; the diagnosis borrows from the diagnoser. */
void diagnose_attempt(struct diagnoser *diagnoser, const struct ledger_attempt *attempt, struct diagnosis *ret);

/*
 * Appends it as lines without a newline at the end, each beginning with `indent`: the failing lines with their numbers, cause and action, and the problems of
 * catalogues. Nothing if nothing is known.
 */
void diagnose_format(const struct diagnoser *diagnoser, const struct diagnosis *diagnosis, const char *indent,
		     struct strbuf *ret);
