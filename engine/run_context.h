// SPDX-License-Identifier: MIT
/*
 * What the files of one execution share. Internal to engine/.
 */
#pragma once

#include "engine/drift.h"
#include "engine/events.h"
#include "engine/hold.h"
#include "engine/package/file_guard.h"
#include "engine/run.h"
#include "engine/signals.h"
#include "engine/supervisor/nursery.h"
#include "packages/package_root.h"
#include "runbook/base/clock.h"

struct run {
	struct ledger *ledger;
	const struct run_request *request;
	struct ledger_runbook runbook;
	struct ledger_acceptance acceptance;
	struct package_root root;
	struct file_guard guard;
	struct hold hold;
	struct signals signals;
	struct nursery nursery;
	struct drift drift;
	struct events events;
	struct strv environment; /* of every step: environment_base() */
	struct ahead *ahead;     /* NULL until a step runs */
	char boot_id[CLOCK_BOOT_ID_SIZE];
};

#define RUN_INIT                                                                                                 \
	{                                                                                                        \
		.root = PACKAGE_ROOT_INIT, .guard = FILE_GUARD_INIT, .hold = HOLD_INIT, .signals = SIGNALS_INIT, \
		.nursery = NURSERY_INIT, .drift = DRIFT_INIT, .events = EVENTS_INIT, .environment = STRV_INIT    \
	}

void run_release(struct run *run);

/* Fills it: the runbook, its package root, this boot. Changes nothing. */
bool run_open(struct ledger *ledger, const struct run_request *request, struct run *ret, struct error *err);
