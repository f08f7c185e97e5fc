// SPDX-License-Identifier: MIT
#include "engine/recover.h"

#include "engine/console.h"
#include "engine/settle.h"
#include "engine/show.h"
#include "runbook/base/alloc.h"

struct step_numbers {
	uint32_t *items;
	size_t count;
	size_t alloc;
};

static void step_numbers_release(struct step_numbers *numbers)
{
	free(numbers->items);
}

/* Only noted here: the ledger is not changed while it is read. */
static bool note_step(void *context, const struct ledger_attempt *record, struct error *err)
{
	struct step_numbers *numbers = context;

	(void)err;
	numbers->items = xgrow(numbers->items, numbers->count, &numbers->alloc, sizeof(*numbers->items));
	numbers->items[numbers->count++] = record->step;
	return true;
}

static bool record_end(struct run *run, struct attempt *attempt, struct error *err)
{
	if (!attempt_read_end(run, attempt, err))
		return false;
	if (!ledger_begin(run->ledger, err))
		return false;
	if (!attempt_record_end(run, attempt, err) || !ledger_commit(run->ledger, err)) {
		ledger_rollback(run->ledger);
		return false;
	}
	show_end(run, attempt);
	events_step_ended(run, &attempt->step, &attempt->record);
	return true;
}

/* Shows it from its first line to its end, which may have come already. */
static bool adopt(struct run *run, struct attempt *attempt, bool *ret_never_ran, struct error *err)
{
	struct settle_facts facts;

	if (!settle_look(attempt->record.folder, &facts, err))
		return false;
	console_note(facts.outcome ? "step %u ended while nobody looked; recording how"
				   : "step %u is still running; following it",
		     attempt->record.step);
	events_recovered(run, &attempt->step, facts.outcome ? EVENTS_RECORDED : EVENTS_FOLLOWED);
	show_start(&attempt->step);
	if (!attempt_adopt(run, attempt, err) || !settle_look(attempt->record.folder, &facts, err))
		return false;
	/* Its supervisor may have been killed before it started anything. */
	*ret_never_ran = settle_judge(&facts) == SETTLE_NEVER_RAN;
	return *ret_never_ran || record_end(run, attempt, err);
}

static bool settle_one(struct run *run, uint32_t step, struct attempt *attempt, bool *ret_never_ran, struct error *err)
{
	const struct ledger_place last = { .runbook = run->runbook.key, .step = step };
	struct settle_facts facts;

	if (!ledger_step_get(run->ledger, run->runbook.key, step, &attempt->step, err) ||
	    !ledger_attempt_get(run->ledger, last, &attempt->record, err) ||
	    !settle_look(attempt->record.folder, &facts, err))
		return false;
	switch (settle_judge(&facts)) {
	case SETTLE_NEVER_RAN:
		*ret_never_ran = true;
		return true;
	case SETTLE_RUNNING:
	case SETTLE_FINISHED:
		return adopt(run, attempt, ret_never_ran, err);
	default:
		events_recovered(run, &attempt->step, EVENTS_UNKNOWN);
		return record_end(run, attempt, err);
	}
}

bool recover_attempts(struct run *run, struct attempt *ret_again, bool *ret_found, struct error *err)
{
	CLEANUP(step_numbers_release) struct step_numbers steps = { 0 };

	*ret_found = false;
	if (!ledger_attempt_each_running(run->ledger, (struct ledger_place){ .runbook = run->runbook.key }, note_step,
					 &steps, err))
		return false;
	for (size_t i = 0; i < steps.count && !*ret_found; i++) {
		CLEANUP_ATTEMPT struct attempt attempt = ATTEMPT_INIT;

		if (!settle_one(run, steps.items[i], &attempt, ret_found, err))
			return false;
		if (*ret_found) {
			*ret_again = attempt;
			attempt = (struct attempt)ATTEMPT_INIT;
		}
	}
	return true;
}

bool recover_abandon(struct run *run, struct attempt *attempt, struct error *err)
{
	attempt->record.state = STATE_FAILED;
	free(attempt->record.reason);
	attempt->record.reason = xstrdup("its script never ran");
	return ledger_attempt_end(run->ledger, run->runbook.key, &attempt->record, err);
}
