// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "engine/json_value.h"
#include "engine/report/report_words.h"
#include "engine/report/report_write.h"
#include "runbook/base/alloc.h"

static json_t *attempts_of(const struct report *report, const struct report_step *step)
{
	json_t *list = json_array();

	for (size_t i = 0; i < step->attempts.count; i++) {
		const struct report_attempt *a = &report->attempts[step->attempts.first + i];
		json_t *attempt = json_pack(
			"{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "number", (json_int_t)a->number, "state",
			state_name(a->state), "started", json_value_time(a->started_ns), "ended",
			json_value_time(a->ended_ns), "durationMs", json_value_duration(a->duration_ns), "waitedMs",
			json_value_duration(a->waited_ns), "exitCode", json_value_known(a->exit_code, 0), "signal",
			json_value_known(a->signal, 1), "processorUs", json_value_known(a->cpu_us, 0), "peakMemoryKb",
			json_value_known(a->peak_memory_kb, 0));

		(void)json_object_update_new(
			attempt,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "reason", json_value_text(a->reason), "user",
				  json_value_text(a->user), "log", json_value_text(a->log_path), "leftBehind",
				  json_value_text(a->left_behind), "lines", json_value_text(a->lines), "cause",
				  json_value_text(a->cause), "action", json_value_text(a->action)));
		(void)json_array_append_new(list, attempt);
	}
	return list;
}

static json_t *decisions_of(const struct report *report, const struct report_step *step)
{
	json_t *list = json_array();

	for (size_t i = 0; i < step->decisions.count; i++) {
		const struct report_decision *d = &report->decisions[step->decisions.first + i];

		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I}", "kind", override_kind_name(d->kind),
					"state", state_name(d->state), "time", json_value_time(d->time_ns), "user",
					json_value_text(d->user), "reason", json_value_text(d->reason), "detail",
					json_value_text(d->detail), "afterAttempt", (json_int_t)d->after_attempt));
	}
	return list;
}

static json_t *sub_steps_of(const struct report *report, const struct report_step *step)
{
	json_t *list = json_array();

	for (size_t i = 0; i < step->sub_steps.count; i++) {
		const struct report_sub_step *s = &report->sub_steps[step->sub_steps.first + i];

		(void)json_array_append_new(
			list, json_pack("{s:I, s:o, s:o, s:s, s:I, s:o, s:o, s:o}", "number", (json_int_t)s->number,
					"group", json_value_text(s->group), "name", json_value_text(s->name), "state",
					state_name(s->state), "attempt", (json_int_t)s->attempt, "started",
					json_value_time(s->started_ns), "ended", json_value_time(s->ended_ns),
					"durationMs", json_value_duration(s->duration_ns)));
	}
	return list;
}

static json_t *step_value(const struct report *report, const struct report_step *step)
{
	json_t *value =
		json_pack("{s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:s, s:b}", "step", (json_int_t)step->number, "state",
			  state_name(step->state), "byHand", step->by_hand, "description",
			  json_value_text(step->description), "machine", json_value_text(step->machine), "serviceModel",
			  json_value_text(step->service_model), "script", json_value_text(step->file_name), "type",
			  step_type_name(step->type), "automated", step->automated);

	(void)json_object_update_new(value,
				     json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "instruction",
					       json_value_text(step->instruction), "durationMs",
					       json_value_duration(step->duration_ns), "earlierDurationMs",
					       json_value_duration(step->earlier_ns), "earlierRunbookId",
					       step->earlier_id ? json_value_text(step->earlier_id) : json_null(),
					       "attempts", attempts_of(report, step), "decisions",
					       decisions_of(report, step), "subSteps", sub_steps_of(report, step)));
	return value;
}

static json_t *steps_value(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->step_count; i++)
		(void)json_array_append_new(list, step_value(report, &report->steps[i]));
	return list;
}

static json_t *versions_value(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->version_count; i++) {
		const struct report_version *v = &report->versions[i];

		(void)json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "serviceModel", json_value_text(v->service_model),
					"before", *v->before ? json_value_text(v->before) : json_null(), "after",
					*v->after ? json_value_text(v->after) : json_null(), "step",
					json_value_known(v->step, 1), "installed", json_value_time(v->installed_ns)));
	}
	return list;
}

static json_t *texts_value(const struct strv *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		(void)json_array_append_new(list, json_value_text(texts->items[i]));
	return list;
}

static json_t *longest_value(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->longest_count; i++)
		(void)json_array_append_new(list, json_integer(report->steps[report->longest[i]].number));
	return list;
}

static json_t *counts_value(const struct ledger_runbook *runbook)
{
	json_t *counts = json_object();

	for (unsigned state = 0; state < STATE_COUNT; state++)
		(void)json_object_set_new(counts, state_name((enum step_state)state),
					  json_integer(runbook->counts[state]));
	return counts;
}

static json_t *acceptance_value(const struct ledger_acceptance *acceptance)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "signedOff", json_value_time(acceptance->signed_ns), "by",
			 json_value_text(acceptance->signed_by), "reason", json_value_text(acceptance->sign_reason),
			 "restoredBy", json_value_text(acceptance->restored_by), "isRestored", acceptance->is_restored,
			 "restores", json_value_text(acceptance->restores));
}

static json_t *head_value(const struct report *report)
{
	static const char *const outcomes[] = {
		[REPORT_COMPLETED] = "completed", [REPORT_NOT_STARTED] = "notStarted",
		[REPORT_UNDER_WAY] = "underWay",  [REPORT_UNFINISHED] = "unfinished",
		[REPORT_WAITING] = "waiting",     [REPORT_FAILED] = "failed",
		[REPORT_TIMED_OUT] = "timedOut",  [REPORT_UNKNOWN] = "unknown",
	};
	const struct ledger_runbook *runbook = &report->runbook;

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "runbookId",
			 json_value_text(runbook->id), "outcome", outcomes[report->outcome], "nextStep",
			 json_value_known(report->next_step, 1), "packageRoot", json_value_text(runbook->package_root),
			 "packageType", json_value_text(runbook->package_type), "packageVersion",
			 json_value_text(runbook->version), "imported", json_value_time(runbook->imported_ns), "began",
			 json_value_time(report->begin_ns), "ended", json_value_time(report->end_ns), "workingMs",
			 json_value_duration(report->working_ns), "stepCount", (json_int_t)runbook->step_count,
			 "counts", counts_value(runbook));
}

void report_write_json(const struct report *report, struct strbuf *ret)
{
	json_t *value = head_value(report);
	char *text;

	(void)json_object_update_new(
		value,
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "acceptance", acceptance_value(&report->acceptance),
			  "advice", json_value_text(report->advice ? report->advice : ""), "commands",
			  texts_value(&report->commands), "machines", texts_value(&report->machines), "longest",
			  longest_value(report), "versions", versions_value(report), "steps", steps_value(report)));
	text = json_dumps(value, JSON_INDENT(1));
	json_decref(value);
	strbuf_addf(ret, "%s\n", text);
	free(text);
}
