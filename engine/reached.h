// SPDX-License-Identifier: MIT
/*
 * How far a runbook got: which of its steps were begun.
 */
#pragma once

#include "runbook/base/strv.h"
#include "runbook/plan_restore.h"
#include "steps/ledger.h"

struct reached {
	struct plan_done_list done; /* begun: tried at least once, set complete, or done on another machine */
	struct strv changed;        /* service models whose Update was begun, each once */
	struct strv without_backup; /* those of them whose Backup was skipped, each once */
};

#define REACHED_INIT                                      \
	{                                                 \
		PLAN_DONE_LIST_INIT, STRV_INIT, STRV_INIT \
	}

void reached_release(struct reached *reached);

#define CLEANUP_REACHED CLEANUP(reached_release)

/* Reads every step of the runbook; `ret` is to be released in any case. */
bool reached_read(struct ledger *ledger, int64_t runbook, struct reached *ret, struct error *err);
