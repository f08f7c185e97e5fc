// SPDX-License-Identifier: MIT
/*
 * One attempt of one step, from its preparation to what is recorded of its end.
 *
 *	attempt_prepare → (the ledger says InProgress, committed) → attempt_execute → attempt_read_end → (its end is committed with attempt_record_end)
 *
 * What takes time is done side by side: an attempt is made ready while the one before runs (engine/ahead.h); `started` becomes durable while the ledger's commit does, and the script waits for both;
 * the next attempt begins while the outcome of this one becomes durable, for which its commit waits in attempt_await_end(); its log becomes durable while the next script starts, or before anything is told if none does.
 */
#pragma once

#include <sys/stat.h>

#include "engine/result.h"
#include "engine/run_context.h"
#include "engine/work_folder.h"
#include "logs/log_file.h"
#include "runbook/base/strbuf.h"

struct attempt {
	struct ledger_step step;
	struct ledger_attempt record;
	struct work_folder folder;
	struct strv argv;
	struct strv envp;
	struct package_file script; /* open until the attempt has begun; none if there are only sub-steps */
	struct stat script_st;      /* when its digest was known */
	char *script_folder;
	char *interpreter; /* engine/drift.h; NULL: none */
	bool reserved;     /* engine/supervisor/records.h, and synced */
	int lock;          /* of the folder; -1 once the supervisor has it */
	struct log_file log;
	int notices;           /* of the supervisor; -1: none, or they are closed */
	struct strbuf outcome; /* told by the supervisor and not durable yet; empty: it is on the disk */
	struct result result;  /* what the step handed over; valid once it has ended */
};

#define ATTEMPT_INIT                                                                                                 \
	{                                                                                                            \
		.script = PACKAGE_FILE_INIT, .lock = -1, .log = LOG_FILE_INIT, .notices = -1, .outcome = STRBUF_INIT \
	}

void attempt_release(struct attempt *attempt);

/* Where the attempt has its folders; the texts are those of run and step. */
struct work_place attempt_place(const struct run *run, const struct ledger_step *step, uint32_t attempt);

#define CLEANUP_ATTEMPT CLEANUP(attempt_release)

/*
 * What can be done before the moment has come: finds script and interpreter, compares them with what was recorded, makes the folders, takes the lock. The step is taken over. What has
 * changed is ERROR_REFUSED, unless the request accepts changes: then an override is added, which needs a transaction of the ledger.
 */
bool attempt_make_ready(struct run *run, struct ledger_step *step, struct attempt *ret, struct error *err);

/* Whether script and interpreter are still those that were compared. */
bool attempt_is_current(struct run *run, const struct attempt *attempt);

/*
 * The moment has come: makes the log; then all is done that can go wrong before something is started. A supervisor begins to record the attempt; if it is released before
 * attempt_allow(), that is taken back.
 */
bool attempt_begin(struct run *run, struct attempt *attempt, struct error *err);

/* Both. Must be called within a transaction of the ledger. */
bool attempt_prepare(struct run *run, struct ledger_step *step, struct attempt *ret, struct error *err);

/*
 * The same for an attempt that is recorded as InProgress but never ran. `record` is taken over.
 */
bool attempt_prepare_again(struct run *run, struct ledger_step *step, struct ledger_attempt *record,
			   struct attempt *ret, struct error *err);

/* Releases an attempt that was not allowed, and leaves no log of it. */
void attempt_withdraw(struct attempt *attempt);

/* Lets the supervisor start the script: the attempt is recorded. Nothing for one that has not begun. */
void attempt_allow(const struct attempt *attempt);

/*
 * Follows the supervisor until its script has ended. ERROR_SYSTEM if it could not do its work, or was killed before it began: the attempt is then settled at the
 * next start.
 */
bool attempt_execute(struct run *run, struct attempt *attempt, struct error *err);

/* Follows the supervisor of an attempt that another engine started. */
bool attempt_adopt(struct run *run, struct attempt *attempt, struct error *err);

/*
 * Reads outcome and result into `record`; an outcome that is missing or unreadable makes it Interrupted. What it was read from is durable then, and so is the log, but for what
 * attempt_await_end() and attempt_await_log() wait for.
 */
bool attempt_read_end(struct run *run, struct attempt *attempt, struct error *err);

/*
 * Waits until what attempt_read_end() took from the supervisor's own words is durable: only then may it be committed. *ret_kept is false if the supervisor was killed
 * before it said so: then attempt_read_end() is to be called again. ERROR_SYSTEM if it could not write it: the attempt is then settled at the next start.
 */
bool attempt_await_end(struct attempt *attempt, bool *ret_kept, struct error *err);

/* Waits until its supervisor is done: the log is durable, too. */
void attempt_await_log(const struct attempt *attempt);

/* Writes the end, the outputs and the failing lines into the ledger. Must be called within a transaction. */
bool attempt_record_end(struct run *run, const struct attempt *attempt, struct error *err);
