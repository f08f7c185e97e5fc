// SPDX-License-Identifier: MIT
#include "steps/rules.h"

#include <inttypes.h>

#include "steps/query.h"

bool step_standing(struct ledger *ledger, int64_t runbook, uint32_t number, struct step_standing *ret,
		   struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_STEP_STATE, err))
		return false;
	query_bind_int(&query, step_key(runbook, number));
	if (!query_row(&query, &found, err))
		return false;
	if (!found)
		return step_missing(ledger, runbook, number, err);
	ret->state = (enum step_state)query_int(&query, 0);
	ret->attempt_count = (uint32_t)query_int(&query, 1);
	ret->override_count = (uint32_t)query_int(&query, 2);
	return true;
}

static const char *const event_phrases[EVENT_COUNT] = {
	[EVENT_START] = "started",
	[EVENT_SUCCEED] = "completed",
	[EVENT_FAIL] = "failed",
	[EVENT_TIME_OUT] = "timed out",
	[EVENT_LOSE] = "lost",
	[EVENT_SKIP] = "skipped",
	[EVENT_SET_COMPLETE] = "set complete",
	[EVENT_RERUN] = "run again",
};

bool step_allows(uint32_t number, const struct step_standing *standing, enum step_event event, struct error *err)
{
	enum step_state next;

	if (state_next(standing->state, event, &next))
		return true;
	if (standing->state == STATE_IN_PROGRESS)
		return error_set(err, ERROR_REFUSED, "step %" PRIu32 " is running: it cannot be %s until it has ended",
				 number, event_phrases[event]);
	return error_set(err, ERROR_REFUSED, "step %" PRIu32 " is %s: it cannot be %s%s", number,
			 state_name(standing->state), event_phrases[event],
			 event == EVENT_START ? " unless a rerun is asked for" : "");
}
