// SPDX-License-Identifier: MIT
#include "engine/ahead.h"

#include "engine/attempt.h"
#include "engine/decide.h"
#include "engine/supervisor/records.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* A file system may give two changes that are as close as this the same time. */
enum { CLOCK_GRAIN_S = 2 };

struct ahead {
	struct attempt ready;
	struct error trouble; /* of a sync */
};

void ahead_free(struct ahead *ahead)
{
	if (!ahead)
		return;
	attempt_release(&ahead->ready);
	error_release(&ahead->trouble);
	free(ahead);
}

void ahead_forget(struct run *run)
{
	if (run->ahead)
		attempt_release(&run->ahead->ready);
}

static struct ahead *get(struct run *run)
{
	if (!run->ahead) {
		run->ahead = xcalloc(1, sizeof(*run->ahead));
		*run->ahead = (struct ahead){ .ready = ATTEMPT_INIT, .trouble = ERROR_INIT };
	}
	return run->ahead;
}

/* Whether this step is begun next, if nothing comes between, and nothing is to be asked or recorded before. */
static bool is_due(const struct run *run, const struct ledger_step *step)
{
	return !run->request->only && !run->request->accept_change && decide(step, run->request) == DECIDE_RUN &&
	       !step->attempt_count && !file_guard_is_due(&run->guard, step);
}

/* A full disk is told by the attempt itself. */
static void reserve(struct ahead *ahead)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;
	CLEANUP(records_release) struct records records = RECORDS_INIT;
	CLEANUP_FREE char *log = fs_join(ahead->ready.folder.attempt, ATTEMPT_LOG_RESERVED);

	ahead->ready.reserved = log_file_open(log, &ahead->ready.log, &told_later) &&
				records_open(&records, ahead->ready.folder.attempt, &told_later) &&
				records_reserve(&records, ahead->ready.interpreter, &told_later) &&
				records_sync_reserved(&records, &ahead->trouble);
}

/* A change to come must be seen by the file's times. */
static bool is_settled(const struct attempt *attempt)
{
	return clock_wall_ns() / 1000000000 - attempt->script_st.st_ctim.tv_sec > CLOCK_GRAIN_S;
}

void ahead_make(struct run *run, uint32_t number)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	struct ahead *ahead = get(run);

	ahead_forget(run);
	if (!ledger_step_get(run->ledger, run->runbook.key, number, &step, &told_later) || !is_due(run, &step))
		return;
	if (attempt_make_ready(run, &step, &ahead->ready, &told_later) && is_settled(&ahead->ready))
		reserve(ahead);
	else
		ahead_forget(run);
}

void ahead_begin(struct run *run, struct attempt *ret)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;
	struct ahead *ahead = get(run);

	if (ahead->ready.lock >= 0 && attempt_is_current(run, &ahead->ready) &&
	    attempt_begin(run, &ahead->ready, &told_later)) {
		*ret = ahead->ready;
		ahead->ready = (struct attempt)ATTEMPT_INIT;
	}
	attempt_withdraw(&ahead->ready);
}

bool ahead_check(const struct run *run, struct error *err)
{
	const struct error *trouble = run->ahead ? &run->ahead->trouble : NULL;

	return !trouble || !error_is_set(trouble) || error_set(err, trouble->code, "%s", trouble->message);
}
