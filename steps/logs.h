// SPDX-License-Identifier: MIT
/*
 * The ledger: the failing lines of attempts, as the document's Logs hold them. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct ledger;

/* Lent for the time of a call. */
struct ledger_log {
	uint32_t step; /* of a foreign document it may name one that is not there */
	uint32_t attempt;
	const char *time; /* as the document writes it */
	const char *file;
	const char *text;
};

/* Calls `row` for the logs of a runbook: those that came with its document, then ours, in their order. */
bool ledger_log_each(struct ledger *ledger, int64_t runbook,
		     bool (*row)(void *context, const struct ledger_log *, struct error *), void *context,
		     struct error *err);
