// SPDX-License-Identifier: MIT
#include "steps/state.h"

#include <stddef.h>
#include <string.h>

static const char *const names[STATE_COUNT] = {
	[STATE_NOT_STARTED] = "NotStarted", [STATE_IN_PROGRESS] = "InProgress", [STATE_COMPLETED] = "Completed",
	[STATE_FAILED] = "Failed",          [STATE_TIMED_OUT] = "TimedOut",     [STATE_INTERRUPTED] = "Interrupted",
	[STATE_SKIPPED] = "Skipped",
};

#define IN(state) (1u << (state))

/* What is not done and not running. */
#define IDLE (IN(STATE_NOT_STARTED) | IN(STATE_FAILED) | IN(STATE_TIMED_OUT) | IN(STATE_INTERRUPTED))
#define DONE (IN(STATE_COMPLETED) | IN(STATE_SKIPPED))

/*
 * Where each event is allowed, and the one state it leads to. A done step runs again only after somebody asked for it
 * (EVENT_RERUN); one that did not succeed may be tried again as it is. Nothing but its end changes a running step.
 */
static const struct {
	unsigned from;
	enum step_state next;
} rules[EVENT_COUNT] = {
	[EVENT_START] = { IDLE, STATE_IN_PROGRESS },
	[EVENT_SUCCEED] = { IN(STATE_IN_PROGRESS), STATE_COMPLETED },
	[EVENT_FAIL] = { IN(STATE_IN_PROGRESS), STATE_FAILED },
	[EVENT_TIME_OUT] = { IN(STATE_IN_PROGRESS), STATE_TIMED_OUT },
	[EVENT_LOSE] = { IN(STATE_IN_PROGRESS), STATE_INTERRUPTED },
	[EVENT_SKIP] = { IDLE | IN(STATE_IN_PROGRESS), STATE_SKIPPED },
	[EVENT_SET_COMPLETE] = { IDLE, STATE_COMPLETED },
	[EVENT_RERUN] = { IDLE | DONE, STATE_NOT_STARTED },
};

bool state_next(enum step_state state, enum step_event event, enum step_state *ret)
{
	if (!(rules[event].from & IN(state)))
		return false;
	*ret = rules[event].next;
	return true;
}

const char *state_name(enum step_state state)
{
	return names[state];
}

bool state_parse(const char *text, enum step_state *ret)
{
	for (size_t i = 0; i < STATE_COUNT; i++) {
		if (strcmp(names[i], text) == 0) {
			*ret = (enum step_state)i;
			return true;
		}
	}
	return false;
}

bool state_is_done(enum step_state state)
{
	return state == STATE_COMPLETED || state == STATE_SKIPPED;
}
