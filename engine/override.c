// SPDX-License-Identifier: MIT
#include "engine/override.h"

#include "engine/console.h"
#include "engine/recover.h"
#include "engine/survivors.h"
#include "runbook/base/alloc.h"
#include "runbook/topology.h"

static char nothing[] = "";

bool override_note_unmasked(struct run *run, const struct ledger_step *step, struct error *err)
{
	const struct ledger_override override = { .step = step->number,
						  .kind = OVERRIDE_ACCEPT_CHANGE,
						  .state = step->state,
						  .reason = (char *)run->request->reason,
						  .user = (char *)run->request->user,
						  .detail = (char *)"the output is not masked",
						  .time_ns = clock_wall_ns() };

	return !run->request->without_mask || ledger_override_add(run->ledger, run->runbook.key, &override, err);
}

bool override_add(struct run *run, const struct ledger_step *step, enum override_kind kind, const char *reason,
		  struct error *err)
{
	const struct ledger_override override = { .step = step->number,
						  .kind = kind,
						  .state = step->state,
						  .reason = reason ? (char *)reason : nothing,
						  .user = (char *)run->request->user,
						  .detail = nothing,
						  .time_ns = clock_wall_ns() };

	return ledger_override_add(run->ledger, run->runbook.key, &override, err);
}

/* A step may be decided about only when everything before it is done. */
static bool check_place(struct run *run, uint32_t number, struct error *err)
{
	uint32_t next;

	if (!ledger_step_next(run->ledger, run->runbook.key, &next, err))
		return false;
	if (next && number > next)
		return error_set(err, ERROR_REFUSED, "step %u cannot be decided about yet: step %u comes first", number,
				 next);
	return true;
}

/* Also what still runs although its end is unknown. */
static bool refuse_running(const struct run *run, const struct ledger_step *step, struct error *err)
{
	if (step->state != STATE_IN_PROGRESS)
		return survivors_refuse(run, step, err);
	return error_set(err, ERROR_REFUSED, "step %u is running; wait for its end", step->number);
}

/* From one of its sub-steps on; those before it that are done stay so. */
static bool rerun_sub_step(struct run *run, const struct ledger_step *step, struct error *err)
{
	const struct ledger_place place = { .runbook = run->runbook.key, .step = step->number };
	CLEANUP_FREE char *detail = xasprintf("from sub-step %u.%u on", step->number, run->request->rerun_sub_step);
	struct ledger_override override = { .step = step->number,
					    .kind = OVERRIDE_RERUN,
					    .reason = run->request->reason ? (char *)run->request->reason : nothing,
					    .user = (char *)run->request->user,
					    .detail = detail,
					    .time_ns = clock_wall_ns() };

	return refuse_running(run, step, err) &&
	       ledger_sub_step_again(run->ledger, place, run->request->rerun_sub_step, err) &&
	       ledger_override_add(run->ledger, run->runbook.key, &override, err);
}

static bool rerun(struct run *run, uint32_t number, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	if (!ledger_step_get(run->ledger, run->runbook.key, number, &step, err))
		return false;
	if (run->request->rerun_sub_step)
		return rerun_sub_step(run, &step, err);
	if (step.state == STATE_NOT_STARTED)
		return true;
	return refuse_running(run, &step, err) && override_add(run, &step, OVERRIDE_RERUN, run->request->reason, err);
}

static bool rerun_range(struct run *run, struct error *err)
{
	const struct run_request *request = run->request;

	if (!request->rerun_first)
		return true;
	if (request->rerun_last > run->runbook.step_count)
		return error_set(err, ERROR_INPUT, "runbook %s has steps 1 to %u", run->runbook.id,
				 run->runbook.step_count);
	if (!check_place(run, request->rerun_first, err))
		return false;
	for (uint32_t number = request->rerun_first; number <= request->rerun_last; number++)
		if (!rerun(run, number, err))
			return false;
	return true;
}

static bool set_complete(struct run *run, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	uint32_t number = run->request->set_complete;

	if (!number)
		return true;
	if (!ledger_step_get(run->ledger, run->runbook.key, number, &step, err) || !check_place(run, number, err))
		return false;
	if (state_is_done(step.state)) {
		console_note("step %u is %s already", number, state_name(step.state));
		return true;
	}
	return refuse_running(run, &step, err) &&
	       override_add(run, &step, OVERRIDE_SET_COMPLETE, run->request->reason, err);
}

/* Another machine's steps are none of executestep's business: there somebody else keeps the order. */
static bool note_open_step(void *context, const struct ledger_step *step, struct error *err)
{
	const struct run *run = context;

	if (step->number >= run->request->only || state_is_done(step->state) ||
	    !machine_is_own(step->machine, run->request->machine))
		return true;
	return error_set(err, ERROR_REFUSED, "step %u cannot be run yet: step %u of this machine comes first",
			 run->request->only, step->number);
}

static bool prepare_only(struct run *run, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	uint32_t number = run->request->only;
	const struct ledger_range before = { run->runbook.key, 1, number };

	if (!number)
		return true;
	if (!ledger_step_get(run->ledger, run->runbook.key, number, &step, err) ||
	    !ledger_step_each(run->ledger, before, note_open_step, run, err))
		return false;
	if (step.state == STATE_FAILED || step.state == STATE_TIMED_OUT || step.state == STATE_INTERRUPTED)
		return survivors_refuse(run, &step, err) &&
		       override_add(run, &step, OVERRIDE_RERUN, run->request->reason, err);
	return true;
}

static bool concerns(const struct run_request *request, uint32_t step)
{
	return step == request->set_complete || (step >= request->rerun_first && step <= request->rerun_last);
}

bool override_apply(struct run *run, struct attempt *again, bool *ret_abandoned, struct error *err)
{
	*ret_abandoned = again && concerns(run->request, again->record.step);
	if (!ledger_begin(run->ledger, err))
		return false;
	if ((*ret_abandoned && !recover_abandon(run, again, err)) || !rerun_range(run, err) ||
	    !set_complete(run, err) || !prepare_only(run, err) || !ledger_commit(run->ledger, err)) {
		ledger_rollback(run->ledger);
		return false;
	}
	return true;
}
