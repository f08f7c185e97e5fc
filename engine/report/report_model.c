// SPDX-License-Identifier: MIT
#include "engine/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

enum { ALLOC_STEPS, ALLOC_ATTEMPTS, ALLOC_DECISIONS, ALLOC_SUB_STEPS };

/* Of a script, in hexadecimal. */
enum { DIGEST_LENGTH = 64 };

/* ---- Release --------------------------------------------------------------------------------------------- */

static void report_step_release(struct report_step *step)
{
	free(step->description);
	free(step->machine);
	free(step->service_model);
	free(step->file_name);
	free(step->instruction);
	free(step->earlier_id);
}

static void report_attempt_release(struct report_attempt *attempt)
{
	free(attempt->reason);
	free(attempt->user);
	free(attempt->log_path);
	free(attempt->left_behind);
	free(attempt->lines);
	free(attempt->cause);
	free(attempt->action);
}

static void arrays_release(struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++)
		report_step_release(&report->steps[i]);
	for (size_t i = 0; i < report->attempt_count; i++)
		report_attempt_release(&report->attempts[i]);
	for (size_t i = 0; i < report->decision_count; i++) {
		free(report->decisions[i].user);
		free(report->decisions[i].reason);
		free(report->decisions[i].detail);
	}
	for (size_t i = 0; i < report->sub_step_count; i++) {
		free(report->sub_steps[i].group);
		free(report->sub_steps[i].name);
	}
	for (size_t i = 0; i < report->version_count; i++) {
		free(report->versions[i].service_model);
		free(report->versions[i].before);
		free(report->versions[i].after);
	}
}

void report_release(struct report *report)
{
	arrays_release(report);
	free(report->steps);
	free(report->attempts);
	free(report->decisions);
	free(report->sub_steps);
	free(report->versions);
	free(report->longest);
	free(report->advice);
	strv_release(&report->machines);
	strv_release(&report->commands);
	ledger_acceptance_release(&report->acceptance);
	ledger_runbook_release(&report->runbook);
}

/* ---- Reading --------------------------------------------------------------------------------------------- */

const struct report_step *report_step_get(const struct report *report, uint32_t number)
{
	return &report->steps[number - 1];
}

/* What is in the ledger was masked as it came; what an older program or a foreign document put there may not have been. */
static bool add_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct report *report = context;

	(void)err;
	report->steps = xgrow(report->steps, report->step_count, &report->alloc[ALLOC_STEPS], sizeof(*report->steps));
	report->steps[report->step_count++] = (struct report_step){
		.number = step->number,
		.state = step->state,
		.type = step->type,
		.automated = step->automated,
		.description = mask_string(step->description),
		.machine = xstrdup(step->machine),
		.service_model = xstrdup(step->service_model),
		.file_name = mask_string(step->file_name),
		.instruction = mask_string(step->instruction),
		.duration_ns = -1,
		.earlier_ns = -1,
	};
	if (!strv_contains_nocase(&report->machines, step->machine))
		strv_push(&report->machines, step->machine);
	return true;
}

/* A new attempt of that step, which is the last one so far; its strings are "". */
static struct report_attempt *new_attempt(struct report *report, uint32_t step)
{
	struct report_step *owner = &report->steps[step - 1];
	struct report_attempt *attempt;

	report->attempts = xgrow(report->attempts, report->attempt_count, &report->alloc[ALLOC_ATTEMPTS],
				 sizeof(*report->attempts));
	if (!owner->attempts.count++)
		owner->attempts.first = report->attempt_count;
	attempt = &report->attempts[report->attempt_count++];
	*attempt = (struct report_attempt){
		.step = step, .duration_ns = -1, .exit_code = -1, .cpu_us = -1, .peak_memory_kb = -1
	};
	return attempt;
}

static void fill_strings(struct report_attempt *attempt)
{
	xfill(&attempt->reason);
	xfill(&attempt->user);
	xfill(&attempt->log_path);
	xfill(&attempt->left_behind);
	xfill(&attempt->lines);
	xfill(&attempt->cause);
	xfill(&attempt->action);
}

static bool add_attempt(void *context, const struct ledger_attempt *record, struct error *err)
{
	struct report_attempt *attempt = new_attempt(context, record->step);

	(void)err;
	attempt->number = record->number;
	attempt->state = record->state;
	attempt->started_ns = record->started_ns;
	attempt->ended_ns = record->ended_ns;
	attempt->duration_ns = record->duration_ns;
	attempt->exit_code = record->exit_code;
	attempt->signal = record->signal;
	attempt->cpu_us = record->cpu_us;
	attempt->peak_memory_kb = record->peak_memory_kb;
	attempt->reason = mask_string(record->reason);
	attempt->user = xstrdup(record->user);
	attempt->log_path = mask_string(record->log_path);
	attempt->left_behind = mask_string(record->left_behind);
	fill_strings(attempt);
	return true;
}

/* A merge notes the times of the other machine before the outputs of the step. */
static void read_times(const char *detail, struct report_decision *decision)
{
	char begin[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE];

	if (sscanf(detail, "%39s %39s", begin, end) != 2 || !clock_parse_utc(begin, &decision->begin_ns))
		return;
	if (!clock_parse_utc(end, &decision->end_ns) || decision->end_ns < decision->begin_ns)
		decision->begin_ns = decision->end_ns = 0;
}

/* Digests, and the times and outputs of a merge, are for programs. */
static bool is_for_people(const struct ledger_override *override)
{
	if (override->kind == OVERRIDE_ACCEPT_CHANGE)
		return strlen(override->detail) != DIGEST_LENGTH;
	return override->kind == OVERRIDE_RERUN;
}

static bool add_decision(void *context, const struct ledger_override *override, struct error *err)
{
	struct report *report = context;
	struct report_step *owner = &report->steps[override->step - 1];
	struct report_decision *decision;

	(void)err;
	report->decisions = xgrow(report->decisions, report->decision_count, &report->alloc[ALLOC_DECISIONS],
				  sizeof(*report->decisions));
	if (!owner->decisions.count++)
		owner->decisions.first = report->decision_count;
	decision = &report->decisions[report->decision_count++];
	*decision = (struct report_decision){
		.step = override->step,
		.after_attempt = override->after_attempt,
		.kind = override->kind,
		.state = override->state,
		.time_ns = override->time_ns,
		.user = xstrdup(override->user),
		.reason = mask_string(override->reason),
		.detail = mask_string(is_for_people(override) ? override->detail : ""),
	};
	if (override->kind == OVERRIDE_MERGED)
		read_times(override->detail, decision);
	if (override->kind != OVERRIDE_ACCEPT_CHANGE)
		owner->by_hand = override->after_attempt == owner->attempts.count;
	return true;
}

/* The first lines of an attempt are those that its end was recorded with. */
static bool add_lines(void *context, const struct ledger_log *log, struct error *err)
{
	struct report *report = context;
	const struct report_step *step;

	(void)err;
	if (!log->step || log->step > report->step_count)
		return true;
	step = &report->steps[log->step - 1];
	for (size_t i = 0; i < step->attempts.count; i++) {
		struct report_attempt *attempt = &report->attempts[step->attempts.first + i];

		if (attempt->number == log->attempt && !*attempt->lines)
			report_take_lines(log->text, attempt);
	}
	return true;
}

static bool add_sub_step(void *context, const struct ledger_sub_step *record, struct error *err)
{
	struct report_step *owner = ((void **)context)[0];
	struct report *report = ((void **)context)[1];

	(void)err;
	report->sub_steps = xgrow(report->sub_steps, report->sub_step_count, &report->alloc[ALLOC_SUB_STEPS],
				  sizeof(*report->sub_steps));
	if (!owner->sub_steps.count++)
		owner->sub_steps.first = report->sub_step_count;
	report->sub_steps[report->sub_step_count++] = (struct report_sub_step){
		.step = owner->number,
		.number = record->number,
		.attempt = record->attempt,
		.state = record->state,
		.started_ns = record->started_ns,
		.ended_ns = record->ended_ns,
		.duration_ns = record->run ? record->duration_ns : -1,
		.group = mask_string(record->group),
		.name = mask_string(record->name),
	};
	return true;
}

static bool read_sub_steps(struct ledger *ledger, struct report *report, struct error *err)
{
	for (size_t i = 0; i < report->step_count; i++) {
		const struct ledger_place place = { .runbook = report->runbook.key, .step = (uint32_t)i + 1 };

		if (!ledger_sub_step_each(ledger, place, add_sub_step, (void *[]){ &report->steps[i], report }, err))
			return false;
	}
	return true;
}

static bool read_all(struct ledger *ledger, struct report *report, struct error *err)
{
	const struct ledger_place all = { .runbook = report->runbook.key };
	const struct ledger_range steps = { .runbook = report->runbook.key, .first = 1 };

	return ledger_step_each(ledger, steps, add_step, report, err) &&
	       ledger_attempt_each(ledger, all, add_attempt, report, err) &&
	       ledger_override_each(ledger, all, add_decision, report, err) && read_sub_steps(ledger, report, err) &&
	       ledger_log_each(ledger, report->runbook.key, add_lines, report, err) &&
	       report_read_versions(ledger, report, err) &&
	       ledger_acceptance_get(ledger, report->runbook.key, &report->acceptance, err) &&
	       ledger_step_next(ledger, report->runbook.key, &report->next_step, err) &&
	       report_compare(ledger, report, err);
}

bool report_read(struct ledger *ledger, const char *runbook_id, struct report *ret, struct error *err)
{
	bool fine;

	*ret = (struct report){ 0 };
	if (!ledger_begin_read(ledger, err))
		return false;
	fine = ledger_runbook_get(ledger, runbook_id, &ret->runbook, err) && read_all(ledger, ret, err);
	ledger_rollback(ledger);
	if (fine)
		report_conclude(ret);
	return fine;
}
