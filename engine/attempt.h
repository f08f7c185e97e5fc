// SPDX-License-Identifier: MIT
/*
 * One attempt of one step, from its preparation to what is recorded of its end.
 *
 *	attempt_prepare → (the ledger says InProgress, committed) → attempt_execute → (its end is committed with attempt_record_end)
 */
#pragma once

#include "engine/result.h"
#include "engine/run_context.h"
#include "engine/work_folder.h"

struct attempt {
	struct ledger_step step;
	struct ledger_attempt record;
	struct work_folder folder;
	struct strv argv;
	struct strv envp;
	char *script_folder;
	char *interpreter; /* for `started`: engine/drift.h; NULL: none */
	int lock;          /* of the folder; -1 once the supervisor has it */
	int log;
	struct result result; /* what the step handed over; valid once it has ended */
};

#define ATTEMPT_INIT                  \
	{                             \
		.lock = -1, .log = -1 \
	}

void attempt_release(struct attempt *attempt);

#define CLEANUP_ATTEMPT CLEANUP(attempt_release)

/*
 * Finds the script, compares its digest with what was recorded, finds the interpreter, makes folders, lock and log: all that can go wrong before
 * something is started. The step is taken over. A changed script is ERROR_REFUSED, unless the request accepts changes: then an override is added.
 * Must be called within a transaction of the ledger.
 */
bool attempt_prepare(struct run *run, struct ledger_step *step, struct attempt *ret, struct error *err);

/*
 * The same for an attempt that is recorded as InProgress but never ran. `record` is taken over.
 */
bool attempt_prepare_again(struct run *run, struct ledger_step *step, struct ledger_attempt *record,
			   struct attempt *ret, struct error *err);

/* Starts the supervisor and follows it to its end. ERROR_SYSTEM if it could not do its work, or was killed before it began: the attempt is then settled at the next start. */
bool attempt_execute(struct run *run, struct attempt *attempt, struct error *err);

/* Follows the supervisor of an attempt that another engine started. */
bool attempt_adopt(struct run *run, struct attempt *attempt, struct error *err);

/* Reads outcome and result into `record`; an outcome that is missing or unreadable makes it Interrupted. */
bool attempt_read_end(struct run *run, struct attempt *attempt, struct error *err);

/* Writes the end, the outputs and the failing lines into the ledger. Must be called within a transaction. */
bool attempt_record_end(struct run *run, const struct attempt *attempt, struct error *err);
