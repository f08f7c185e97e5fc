// SPDX-License-Identifier: MIT
#include "engine/version_check.h"

#include <strings.h>

#include "engine/console.h"
#include "engine/installed.h"
#include "engine/override.h"
#include "runbook/base/alloc.h"
#include "runbook/base/problem.h"
#include "runbook/topology.h"
#include "runbook/version.h"

/* A service model of the runbook, on this machine. */
struct model {
	char *name;
	bool is_installed_here; /* the runbook has a step that records its version */
	bool is_begun;
	char *skip_reason; /* NULL: its steps run */
};

struct version_skips {
	struct run *run;
	struct model *models;
	size_t count;
	size_t alloc;
	struct ledger_step *steps; /* to be skipped */
	size_t step_count;
	size_t step_alloc;
};

static void check_release(struct version_skips *check)
{
	for (size_t i = 0; i < check->count; i++) {
		free(check->models[i].name);
		free(check->models[i].skip_reason);
	}
	for (size_t i = 0; i < check->step_count; i++)
		ledger_step_release(&check->steps[i]);
	free(check->models);
	free(check->steps);
}

static struct model *find_model(struct version_skips *check, const char *name)
{
	for (size_t i = 0; i < check->count; i++)
		if (strcasecmp(check->models[i].name, name) == 0)
			return &check->models[i];
	return NULL;
}

static bool is_own(const struct version_skips *check, const struct ledger_step *step)
{
	return machine_is_own(step->machine, check->run->request->machine);
}

static bool note_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct version_skips *check = context;
	struct model *model = find_model(check, step->service_model);

	(void)err;
	if (!is_own(check, step))
		return true;
	if (!model) {
		check->models = xgrow(check->models, check->count, &check->alloc, sizeof(*check->models));
		model = &check->models[check->count++];
		*model = (struct model){ .name = xstrdup(step->service_model) };
	}
	model->is_installed_here = model->is_installed_here || step->type == STEP_TYPE_INSTALLATION_INFO;
	model->is_begun = model->is_begun || step->attempt_count;
	return true;
}

static void judge(struct model *model, const struct installed *ours, const struct ledger_component *theirs,
		  struct problem_list *problems)
{
	int order;

	if (!version_compare(ours->version, theirs->version, &order))
		problem_add(problems, NULL, 0,
			    "%s: version %s of the package and %s, which is installed, cannot be compared", model->name,
			    ours->version, theirs->version);
	else if (order < 0)
		problem_add(problems, NULL, 0, "%s: version %s is installed, the package has only %s", model->name,
			    theirs->version, ours->version);
	else if (order == 0)
		model->skip_reason = xasprintf("-versioncheck: %s %s is installed already (runbook %s)", theirs->name,
					       theirs->version, theirs->runbook_id);
}

static bool look_at(struct version_skips *check, struct model *model, struct problem_list *problems, struct error *err)
{
	CLEANUP(installed_release) struct installed ours = { 0 };
	CLEANUP(ledger_component_release) struct ledger_component theirs = { 0 };
	CLEANUP_FREE char *why = NULL;
	bool found;

	if (!installed_read(check->run, model->name, &ours, &why)) {
		problem_add(problems, NULL, 0, "%s: %s", model->name, why);
		return true;
	}
	if (!ledger_component_get(check->run->ledger, ours.name, &theirs, &found, err))
		return false;
	if (found)
		judge(model, &ours, &theirs, problems);
	return true;
}

const char *version_skip_reason(struct version_skips *skips, const struct ledger_step *step)
{
	const struct model *model = find_model(skips, step->service_model);

	return model && is_own(skips, step) && !state_is_done(step->state) ? model->skip_reason : NULL;
}

static bool keep_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct version_skips *check = context;
	struct ledger_step *kept;

	(void)err;
	if (!version_skip_reason(check, step))
		return true;
	check->steps = xgrow(check->steps, check->step_count, &check->step_alloc, sizeof(*check->steps));
	kept = &check->steps[check->step_count++];
	/* All that an override asks for. */
	*kept = (struct ledger_step){ .number = step->number,
				      .state = step->state,
				      .service_model = xstrdup(step->service_model) };
	return true;
}

static bool skip_steps(struct version_skips *check, struct error *err)
{
	for (size_t i = 0; i < check->step_count; i++)
		if (!override_add(check->run, &check->steps[i], OVERRIDE_SKIP,
				  find_model(check, check->steps[i].service_model)->skip_reason, err))
			return false;
	return true;
}

static bool record_skips(struct version_skips *check, struct error *err)
{
	const struct ledger_range all = { check->run->runbook.key, 1, 0 };

	if (!check->count)
		return true;
	if (!ledger_step_each(check->run->ledger, all, keep_step, check, err))
		return false;
	if (!check->step_count)
		return true;
	if (!ledger_begin(check->run->ledger, err))
		return false;
	if (!skip_steps(check, err) || !ledger_commit(check->run->ledger, err)) {
		ledger_rollback(check->run->ledger);
		return false;
	}
	for (size_t i = 0; i < check->count; i++)
		if (check->models[i].skip_reason)
			console_note("the steps of %s are skipped: %s", check->models[i].name,
				     check->models[i].skip_reason);
	return true;
}

static bool compare_all(struct version_skips *check, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	for (size_t i = 0; i < check->count; i++) {
		struct model *model = &check->models[i];

		if (model->is_installed_here && !model->is_begun && !look_at(check, model, &problems, err))
			return false;
	}
	return problem_list_none(&problems, ERROR_REFUSED, err) || error_prefix(err, "-versioncheck: nothing was done");
}

/* False with the error; nothing is found where nothing was asked for. */
static bool find_skips(struct version_skips *check, struct error *err)
{
	const struct run *run = check->run;

	if (!run->request->version_check || run->acceptance.restores_key)
		return true;
	return ledger_step_each(run->ledger, (struct ledger_range){ run->runbook.key, 1, 0 }, note_step, check, err) &&
	       compare_all(check, err);
}

bool version_check(struct run *run, struct error *err)
{
	CLEANUP(check_release) struct version_skips check = { .run = run };

	return find_skips(&check, err) && record_skips(&check, err);
}

bool version_look_ahead(struct run *run, struct version_skips **ret, struct error *err)
{
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->run = run;
	return find_skips(*ret, err);
}

void version_skips_free(struct version_skips *skips)
{
	if (!skips)
		return;
	check_release(skips);
	free(skips);
}
