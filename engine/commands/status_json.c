// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "engine/commands/output.h"
#include "engine/commands/status.h"

/* What the members of steps share. */
struct printing {
	struct ledger *ledger;
	const struct ledger_runbook *runbook;
	struct status_overrides overrides;
	bool first;
};

static void printing_release(struct printing *printing)
{
	status_overrides_release(&printing->overrides);
}

json_t *status_json_runbook(const struct ledger_runbook *runbook)
{
	json_t *counts = json_object();

	for (unsigned state = 0; state < STATE_COUNT; state++)
		(void)json_object_set_new(counts, state_name((enum step_state)state),
					  json_integer(runbook->counts[state]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "runbookId", output_json_text(runbook->id),
			 "packageRoot", output_json_text(runbook->package_root), "packageType",
			 output_json_text(runbook->package_type), "version", output_json_text(runbook->version),
			 "imported", output_json_time(runbook->imported_ns), "started",
			 output_json_time(runbook->started_ns), "ended", output_json_time(runbook->ended_ns),
			 "stepCount", (json_int_t)runbook->step_count, "counts", counts);
}

static json_t *overrides_of(struct printing *printing, uint32_t step)
{
	json_t *list = json_array();
	const struct ledger_override *override;

	while ((override = status_overrides_take(&printing->overrides, step)))
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:o, s:o, s:o}", "kind", override_kind_name(override->kind), "state",
				  state_name(override->state), "user", output_json_text(override->user), "reason",
				  output_json_text(override->reason), "time", output_json_time(override->time_ns)));
	return list;
}

static json_t *last_attempt_of(const struct ledger_attempt *attempt)
{
	int64_t duration_ns = status_duration_ns(attempt);

	return json_pack("{s:I, s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:o}", "number", (json_int_t)attempt->number,
			 "state", state_name(attempt->state), "started", output_json_time(attempt->started_ns), "ended",
			 output_json_time(attempt->ended_ns), "durationMs",
			 duration_ns < 0 ? json_null() : json_integer(duration_ns / 1000000), "exitCode",
			 attempt->exit_code, "signal", attempt->signal, "reason", output_json_text(attempt->reason),
			 "log", output_json_text(attempt->log_path), "user", output_json_text(attempt->user));
}

static bool add_sub_step(void *context, const struct ledger_sub_step *sub_step, struct error *err)
{
	int64_t duration_ns = status_sub_step_duration_ns(sub_step);

	(void)err;
	(void)json_array_append_new(
		context,
		json_pack("{s:I, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:i, s:i}", "subStep",
			  (json_int_t)sub_step->number, "group", output_json_text(sub_step->group), "name",
			  output_json_text(sub_step->name), "state", state_name(sub_step->state), "done",
			  sub_step->done, "attempt", sub_step->run ? json_integer(sub_step->attempt) : json_null(),
			  "parent", sub_step->parent ? json_integer(sub_step->parent) : json_null(), "started",
			  output_json_time(sub_step->started_ns), "ended", output_json_time(sub_step->ended_ns),
			  "durationMs", duration_ns < 0 ? json_null() : json_integer(duration_ns / 1000000), "exitCode",
			  sub_step->exit_code, "signal", sub_step->signal));
	return true;
}

/* "subSteps": only where there are some. */
static bool add_sub_steps(struct ledger *ledger, struct ledger_place place, json_t *step, struct error *err)
{
	json_t *list = json_array();

	if (!ledger_sub_step_each(ledger, place, add_sub_step, list, err)) {
		json_decref(list);
		return false;
	}
	if (json_array_size(list))
		(void)json_object_set_new(step, "subSteps", list);
	else
		json_decref(list);
	return true;
}

/* NULL if it fails. */
static json_t *json_of_step(struct printing *printing, const struct ledger_step *step, struct error *err)
{
	const struct ledger_place place = { .runbook = printing->runbook->key, .step = step->number };
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	bool has_attempt = status_last_attempt(printing->ledger, printing->runbook->key, step, &attempt, err);
	json_t *object;

	if (error_is_set(err))
		return NULL;
	object = json_pack("{s:I, s:s, s:I, s:o, s:o, s:o, s:s, s:b, s:o, s:o}", "step", (json_int_t)step->number,
			   "state", state_name(step->state), "attempts", (json_int_t)step->attempt_count, "description",
			   output_json_text(step->description), "machine", output_json_text(step->machine),
			   "serviceModel", output_json_text(step->service_model), "type", step_type_name(step->type),
			   "automated", step->automated, "lastAttempt",
			   has_attempt ? last_attempt_of(&attempt) : json_null(), "overrides",
			   overrides_of(printing, step->number));
	if (step->attempt_count && !add_sub_steps(printing->ledger, place, object, err)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static bool print_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct printing *printing = context;
	json_t *object = json_of_step(printing, step, err);

	if (!object)
		return false;
	output_json_part(NULL, object, printing->first);
	printing->first = false;
	return true;
}

static json_t *texts_of(const struct strv *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		(void)json_array_append_new(list, output_json_text(texts->items[i]));
	return list;
}

/* NULL if it fails. */
static json_t *json_of_next(const struct command_context *context, const struct ledger_runbook *runbook,
			    struct error *err)
{
	CLEANUP(status_outlook_release) struct status_outlook outlook = { 0 };

	if (!status_look_ahead(context, runbook, &outlook, err))
		return NULL;
	return json_pack("{s:o, s:o, s:o, s:o}", "step",
			 outlook.has_next ? json_integer(outlook.next.number) : json_null(), "state",
			 outlook.has_next ? json_string(state_name(outlook.next.state)) : json_null(), "text",
			 output_json_text(outlook.advice.text), "commands", texts_of(&outlook.advice.commands));
}

static json_t *runbook_with_acceptance(const struct ledger_runbook *runbook, const struct ledger_acceptance *acceptance)
{
	json_t *object = status_json_runbook(runbook);

	status_json_acceptance(acceptance, object);
	return object;
}

/* Without their overrides: those are read for all steps at once. */
struct troubled {
	struct printing printing;
	json_t *list;
};

static bool add_troubled(void *context, const struct ledger_step *step, struct error *err)
{
	struct troubled *troubled = context;
	json_t *object = json_of_step(&troubled->printing, step, err);

	return object && json_array_append_new(troubled->list, object) == 0;
}

bool status_json_add_standing(const struct command_context *context, const struct ledger_runbook *runbook,
			      json_t *object, struct error *err)
{
	struct troubled troubled = { .printing = { .ledger = context->ledger, .runbook = runbook },
				     .list = json_array() };
	json_t *next;

	(void)json_object_set_new(object, "troubled", troubled.list);
	if (!ledger_step_each_troubled(context->ledger, runbook->key, add_troubled, &troubled, err))
		return false;
	next = json_of_next(context, runbook, err);
	return next && json_object_set_new(object, "next", next) == 0;
}

static bool print_summary(const struct command_context *context, const struct ledger_runbook *runbook,
			  struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	json_t *object;

	if (!ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	object = json_pack("{s:o}", "runbook", runbook_with_acceptance(runbook, &acceptance));
	if (!status_json_add_standing(context, runbook, object, err)) {
		json_decref(object);
		return false;
	}
	output_json(object);
	return true;
}

static bool print_whole(const struct command_context *context, const struct ledger_runbook *runbook, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	CLEANUP(printing_release)
	struct printing printing = { .ledger = context->ledger, .runbook = runbook, .first = true };
	json_t *next;

	if (!status_overrides_read(context->ledger, runbook->key, &printing.overrides, err) ||
	    !ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	(void)putchar('{');
	output_json_part("runbook", runbook_with_acceptance(runbook, &acceptance), true);
	(void)fputs(",\n  \"steps\": [", stdout);
	if (!ledger_step_each(context->ledger, (struct ledger_range){ runbook->key, 1, 0 }, print_step, &printing, err))
		return false;
	(void)putchar(']');
	next = json_of_next(context, runbook, err);
	if (!next)
		return false;
	output_json_part("next", next, false);
	(void)fputs("\n}\n", stdout);
	return true;
}

bool status_print_json(const struct command_context *context, const struct ledger_runbook *runbook, bool summary,
		       struct error *err)
{
	return summary ? print_summary(context, runbook, err) : print_whole(context, runbook, err);
}
