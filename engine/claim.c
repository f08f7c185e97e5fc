// SPDX-License-Identifier: MIT
#include "engine/claim.h"

#include <string.h>

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

static bool check_attempt(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct claim *claim = context;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	bool locked;

	if (!ledger_step_get(claim->run->ledger, claim->other->key, attempt->step, &step, err) ||
	    !work_folder_is_locked(attempt->folder, &locked, err))
		return false;
	if (!locked || !strv_contains_nocase(&claim->service_models, step.service_model))
		return true;
	return error_set(err, ERROR_BUSY,
			 "service model %s is being updated by step %u of runbook %s, which still runs",
			 step.service_model, step.number, claim->other->id);
}

static bool check_runbook(void *context, const struct ledger_runbook *other, struct error *err)
{
	struct claim *claim = context;

	if (other->key == claim->run->runbook.key || !other->counts[STATE_IN_PROGRESS])
		return true;
	claim->other = other;
	return ledger_attempt_each_running(claim->run->ledger, (struct ledger_place){ .runbook = other->key },
					   check_attempt, claim, err);
}

bool claim_run(struct run *run, struct error *err)
{
	const struct hold_request request = { ledger_path(run->ledger), run->runbook.id, run->request->user };
	struct claim claim = { run, STRV_INIT, NULL };
	bool fine = ledger_service_model_each(run->ledger, run->runbook.key, note_service_model, &claim, err) &&
		    hold_take(&request, &claim.service_models, &run->hold, err) &&
		    ledger_runbook_each(run->ledger, check_runbook, &claim, err);

	strv_release(&claim.service_models);
	return fine;
}
