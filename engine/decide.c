// SPDX-License-Identifier: MIT
#include "engine/decide.h"

#include "runbook/topology.h"

enum { PAUSE_LIMIT_MS = 5 * 60 * 1000 };

static enum decision decide_new(const struct ledger_step *step, const struct run_request *request)
{
	bool is_backup = step->type == STEP_TYPE_ENVIRONMENT_BACKUP || step->type == STEP_TYPE_BACKUP;

	if (is_backup && request->without_backup)
		return DECIDE_SKIP_BACKUP;
	if (!machine_is_own(step->machine, request->machine))
		return DECIDE_WAIT_MACHINE;
	if (!step->automated)
		return DECIDE_WAIT_MANUAL;
	return step_type_is_built_in(step->type) && !*step->file_name ? DECIDE_BUILT_IN : DECIDE_RUN;
}

static enum decision decide_failed(const struct ledger_step *step, const struct run_request *request)
{
	if (!machine_is_own(step->machine, request->machine))
		return DECIDE_WAIT_MACHINE;
	return step->tries_left ? DECIDE_RETRY : DECIDE_STOP_FAILED;
}

enum decision decide(const struct ledger_step *step, const struct run_request *request)
{
	if (!step || (request->until && step->number > request->until))
		return DECIDE_FINISH;
	switch (step->state) {
	case STATE_NOT_STARTED:
		return decide_new(step, request);
	case STATE_FAILED:
	case STATE_TIMED_OUT:
		return decide_failed(step, request);
	case STATE_INTERRUPTED:
		return request->auto_resume && !step->no_auto_resume ? DECIDE_RESUME : DECIDE_STOP_UNKNOWN;
	case STATE_IN_PROGRESS:
		return DECIDE_STOP_RUNNING;
	default:
		return DECIDE_FINISH;
	}
}

bool decision_goes_on(enum decision decision)
{
	return decision < DECIDE_FINISH;
}

int64_t decide_pause_ms(const struct run_request *request, uint32_t failed_count)
{
	int64_t pause = request->retry_pause_ms;

	for (uint32_t i = 1; i < failed_count && pause < PAUSE_LIMIT_MS; i++)
		pause *= 2;
	return pause < PAUSE_LIMIT_MS ? pause : PAUSE_LIMIT_MS;
}
