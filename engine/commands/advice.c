// SPDX-License-Identifier: MIT
#include "engine/commands/advice.h"

#include <stdlib.h>

#include "runbook/base/alloc.h"
#include "runbook/topology.h"

/* What the commands are made of. */
struct subject {
	const char *id;
	const char *repeat;
	const struct ledger_step *step;
};

void advice_release(struct advice *advice)
{
	free(advice->text);
	strv_release(&advice->commands);
}

static void add_execute(const struct subject *of, struct advice *ret)
{
	strv_pushf(&ret->commands, "runbook execute -runbookid=%s%s", of->id, of->repeat);
}

static void add_logs(const struct subject *of, struct advice *ret)
{
	strv_pushf(&ret->commands, "runbook logs -runbookid=%s -stepid=%u%s", of->id, of->step->number, of->repeat);
}

static void add_rerun(const struct subject *of, struct advice *ret)
{
	strv_pushf(&ret->commands, "runbook execute -runbookid=%s -rerunstep=%u%s", of->id, of->step->number,
		   of->repeat);
}

static void add_set_complete(const struct subject *of, struct advice *ret)
{
	strv_pushf(&ret->commands, "runbook execute -runbookid=%s -setstepcomplete=%u -reason='…'%s", of->id,
		   of->step->number, of->repeat);
}

/* A step that can simply be run, unless it is somebody else's. */
static void advise_waiting(const struct subject *of, const char *machine, struct advice *ret)
{
	const struct ledger_step *step = of->step;

	if (!machine_is_own(step->machine, machine)) {
		ret->text = xasprintf(
			"Step %u is for machine %s: import the exported runbook there, execute and export it, "
			"and take over here what it exported",
			step->number, step->machine);
		strv_pushf(&ret->commands, "runbook export -runbookid=%s -runbookfile=%s.xml%s", of->id, of->id,
			   of->repeat);
		strv_pushf(&ret->commands, "runbook mergestepdata -runbookid=%s -runbookfile=%s-%s.xml%s", of->id,
			   of->id, step->machine, of->repeat);
	} else if (!step->automated) {
		ret->text = xasprintf("Step %u waits for you: %s", step->number,
				      *step->instruction ? step->instruction : step->description);
		add_set_complete(of, ret);
	} else {
		ret->text = xasprintf("Step %u is next", step->number);
		add_execute(of, ret);
	}
}

static void advise_failed(const struct subject *of, struct advice *ret)
{
	ret->text = xasprintf("Step %u %s: mend the cause, then run it again", of->step->number,
			      of->step->state == STATE_TIMED_OUT ? "took longer than it may" : "failed");
	add_logs(of, ret);
	add_rerun(of, ret);
}

static void advise_interrupted(const struct subject *of, struct advice *ret)
{
	ret->text =
		xasprintf("How step %u ended is not known: find out what it did, then run it again or take it as done",
			  of->step->number);
	add_logs(of, ret);
	add_rerun(of, ret);
	add_set_complete(of, ret);
}

void advice_make(const char *runbook_id, const struct ledger_step *next, const char *machine, const char *repeat,
		 struct advice *ret)
{
	struct subject of = { runbook_id, repeat, next };

	if (!next)
		ret->text = xstrdup("All steps are done");
	else if (next->state == STATE_IN_PROGRESS) {
		ret->text = xasprintf("Step %u is running; follow it, or take it up if it ended while nobody looked",
				      next->number);
		strv_pushf(&ret->commands, "runbook attach -runbookid=%s%s", of.id, of.repeat);
		add_execute(&of, ret);
	} else if (next->state == STATE_FAILED || next->state == STATE_TIMED_OUT)
		advise_failed(&of, ret);
	else if (next->state == STATE_INTERRUPTED)
		advise_interrupted(&of, ret);
	else
		advise_waiting(&of, machine, ret);
}

static const char *in_progress_text(enum settle_verdict verdict)
{
	switch (verdict) {
	case SETTLE_RUNNING:
		return "is running; follow it, or take it up if nobody does";
	case SETTLE_FINISHED:
		return "has ended, and how is not recorded yet; record it and go on";
	case SETTLE_NEVER_RAN:
		return "was about to begin; go on";
	default:
		return "does not run any more, and how it ended cannot be known; record that";
	}
}

void advice_make_in_progress(const char *runbook_id, const struct ledger_step *step, enum settle_verdict verdict,
			     const char *repeat, struct advice *ret)
{
	const struct subject of = { runbook_id, repeat, step };

	ret->text = xasprintf("Step %u %s", step->number, in_progress_text(verdict));
	if (verdict == SETTLE_RUNNING)
		strv_pushf(&ret->commands, "runbook attach -runbookid=%s%s", runbook_id, repeat);
	add_execute(&of, ret);
}

void advice_make_restored(const char *runbook_id, const struct ledger_acceptance *acceptance, const char *repeat,
			  struct advice *ret)
{
	if (acceptance->is_restored) {
		ret->text = xasprintf("Taken back by %s: to update again, make a new runbook", acceptance->restored_by);
		return;
	}
	ret->text = xasprintf("Being taken back by %s: go on with that", acceptance->restored_by);
	strv_pushf(&ret->commands, "runbook executerestore -runbookid=%s%s", runbook_id, repeat);
}
