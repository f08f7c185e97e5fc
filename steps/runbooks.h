// SPDX-License-Identifier: MIT
/*
 * The ledger: runbooks. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "steps/state.h"

struct ledger;

struct ledger_runbook {
	int64_t key; /* internal */
	char *id;
	char *package_root; /* absolute */
	char *guid;         /* of the service-model data; "" if not said */
	char *version;
	char *package_type;
	int64_t imported_ns;
	int64_t started_ns; /* first attempt or override (but Imported ones); 0: not started */
	int64_t ended_ns;   /* end of the last one; 0: none */
	uint32_t step_count;
	uint32_t counts[STATE_COUNT];
};

void ledger_runbook_release(struct ledger_runbook *runbook);

/* ERROR_INPUT if there is none of that id: the message lists the ids there are. Ids compare exactly, then without case. */
bool ledger_runbook_get(struct ledger *ledger, const char *id, struct ledger_runbook *ret, struct error *err);

/* Calls `row` for each runbook, oldest first; a row that returns false ends it (with its own error). */
bool ledger_runbook_each(struct ledger *ledger,
			 bool (*row)(void *context, const struct ledger_runbook *, struct error *), void *context,
			 struct error *err);
