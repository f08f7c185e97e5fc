// SPDX-License-Identifier: MIT
#include "engine/claim.h"

#include <string.h>

#include "engine/survivors.h"
#include "engine/work_folder.h"

/* The environment as a whole belongs to no service model. */
#define ENVIRONMENT "All"

struct claim {
	struct run *run;
	struct strv service_models;
	const struct ledger_runbook *other;
};

static bool note_service_model(void *context, const char *service_model, struct error *err)
{
	struct claim *claim = context;

	(void)err;
	if (strcmp(service_model, ENVIRONMENT) != 0)
		strv_push(&claim->service_models, service_model);
	return true;
}

/* Whether the step is at work: under its supervisor, or without it. */
static bool is_at_work(struct claim *claim, const struct ledger_step *step, bool *ret, struct error *err)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	CLEANUP(ledger_attempt_release) struct ledger_attempt last = { 0 };
	const struct ledger_place place = { .runbook = claim->other->key, .step = step->number };

	if (!ledger_attempt_get(claim->run->ledger, place, &last, err) || !work_folder_is_locked(last.folder, ret, err))
		return false;
	if (!*ret)
		survivors_find(last.folder, &tree);
	*ret = *ret || tree.count;
	return true;
}

static bool check_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct claim *claim = context;
	bool at_work = false;

	if ((step->state != STATE_IN_PROGRESS && step->state != STATE_INTERRUPTED) || !step->attempt_count ||
	    !strv_contains_nocase(&claim->service_models, step->service_model))
		return true;
	if (!is_at_work(claim, step, &at_work, err))
		return false;
	if (!at_work)
		return true;
	return error_set(err, ERROR_BUSY,
			 "service model %s is being updated by step %u of runbook %s, which still runs\n"
			 "  look at it: runbook status -runbookid=%s%s",
			 step->service_model, step->number, claim->other->id, claim->other->id,
			 claim->run->request->repeat_options);
}

static bool check_runbook(void *context, const struct ledger_runbook *other, struct error *err)
{
	struct claim *claim = context;

	if (other->key == claim->run->runbook.key ||
	    !(other->counts[STATE_IN_PROGRESS] || other->counts[STATE_INTERRUPTED]))
		return true;
	claim->other = other;
	return ledger_step_each_troubled(claim->run->ledger, other->key, check_step, claim, err);
}

bool claim_run(struct run *run, struct error *err)
{
	const struct hold_request request = { ledger_path(run->ledger), run->runbook.id, run->request->user,
					      run->request->repeat_options };
	struct claim claim = { run, STRV_INIT, NULL };
	bool fine = ledger_service_model_each(run->ledger, run->runbook.key, note_service_model, &claim, err) &&
		    hold_take(&request, &claim.service_models, &run->hold, err) &&
		    ledger_runbook_each(run->ledger, check_runbook, &claim, err);

	strv_release(&claim.service_models);
	return fine;
}
