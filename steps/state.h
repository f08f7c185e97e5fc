// SPDX-License-Identifier: MIT
/*
 * The states of a step and what may happen to it: a pure table. The schema (steps/schema.h) repeats it as constraints, and keeps the
 * values of the states: they are in ledgers.
 */
#pragma once

#include <stdbool.h>

enum step_state {
	STATE_NOT_STARTED,
	STATE_IN_PROGRESS,
	STATE_COMPLETED,
	STATE_FAILED,
	STATE_TIMED_OUT,
	STATE_INTERRUPTED, /* the outcome is unknown */
	STATE_SKIPPED,     /* with a reason */
	STATE_COUNT,
};

enum step_event {
	EVENT_START,   /* a new attempt begins */
	EVENT_SUCCEED, /* the attempt ended with exit 0 */
	EVENT_FAIL,
	EVENT_TIME_OUT,
	EVENT_LOSE,         /* the supervisor died before it could say how the step ended */
	EVENT_SKIP,         /* the step or the engine says, with a reason, that it is not needed */
	EVENT_SET_COMPLETE, /* an admin says so, with a reason */
	EVENT_RERUN,        /* an admin asks for it to be run again */
	EVENT_COUNT,
};

/*
 * The state that follows; false if the event is not allowed in that state. Each event leads to one state only. A step that failed, timed out or was
 * interrupted may be started again as it is; one that is done only after EVENT_RERUN, which a step that never ran also takes
 * (one of a range). While a step runs nothing but the end of its attempt changes it.
 */
bool state_next(enum step_state state, enum step_event event, enum step_state *ret);

/* "NotStarted" …, and back (exact); false if the text is none. */
const char *state_name(enum step_state state);
bool state_parse(const char *text, enum step_state *ret);

/* Nothing more has to be done: Completed or Skipped. */
bool state_is_done(enum step_state state);
