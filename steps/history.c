// SPDX-License-Identifier: MIT
#include "steps/history.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "steps/detail.h"
#include "steps/query.h"

void history_release(struct history *history)
{
	strbuf_release(&history->detail_xml);
	strbuf_release(&history->output);
	free(history->last_detail);
}

bool history_is_needed(const struct step *step, const struct history_request *request)
{
	return request->attempt_count || request->has_overrides || detail_state(step) != request->state;
}

static bool add_attempt(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct history *history = context;

	(void)err;
	detail_add_attempt(&history->detail_xml, attempt);
	history->started_ns = attempt->started_ns;
	history->ended_ns = attempt->ended_ns;
	return true;
}

static bool add_override(void *context, const struct ledger_override *override, struct error *err)
{
	struct history *history = context;

	(void)err;
	if (override->kind == OVERRIDE_IMPORTED)
		return true;
	detail_add_override(&history->detail_xml, override);
	history->has_rerun |= override->kind == OVERRIDE_RERUN;
	if (override->kind == OVERRIDE_ACCEPT_CHANGE)
		return true;
	history->last = override->kind;
	history->is_last_override = override->after_attempt == history->request.attempt_count;
	free(history->last_detail);
	history->last_detail = xstrdup(override->detail);
	return true;
}

static bool add_sub_step(void *context, const struct ledger_sub_step *sub_step, struct error *err)
{
	struct history *history = context;

	(void)err;
	detail_add_sub_step(&history->detail_xml, sub_step);
	return true;
}

static bool read_output(struct ledger *ledger, int64_t key, struct history *history, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_EXPORT_OUTPUTS, err))
		return false;
	query_bind_int(&query, key);
	query_bind_int(&query, history->request.attempt_count);
	while (query_row(&query, &found, err) && found)
		strbuf_addf(&history->output, "%s%s=%s", history->output.length ? "\n" : "", query_peek(&query, 0),
			    query_peek(&query, 1));
	return !error_is_set(err);
}

bool history_read(struct ledger *ledger, const struct history_request *request, const struct step *step,
		  struct history *ret, struct error *err)
{
	const struct ledger_place place = { .runbook = request->runbook, .step = step->number };

	ret->request = *request;
	detail_begin(&ret->detail_xml, request->state, step->detail_xml);
	if (!ledger_attempt_each(ledger, place, add_attempt, ret, err) ||
	    !ledger_override_each(ledger, place, add_override, ret, err) ||
	    !ledger_sub_step_each_run(ledger, place, add_sub_step, ret, err) ||
	    !read_output(ledger, step_key(place.runbook, place.step), ret, err))
		return false;
	detail_end(&ret->detail_xml);
	return true;
}

static void set_times(struct history *history, struct step *step, const char *start, const char *end)
{
	(void)snprintf(history->start_time, sizeof(history->start_time), "%s", start);
	(void)snprintf(history->end_time, sizeof(history->end_time), "%s", end);
	step->start_time = history->start_time;
	step->end_time = history->end_time;
}

/* What merge.c wrote down: the times of the other machine, and the output behind them. */
static void apply_merged(struct history *history, struct step *step)
{
	char start[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE];
	int length = 0;

	if (sscanf(history->last_detail, "%39s %39s%n", start, end, &length) != 2)
		return;
	set_times(history, step, start, end);
	if (history->last_detail[length] == ' ')
		strbuf_add_str(&history->output, history->last_detail + length + 1);
}

/*
 * The times of the last attempt, if it counts. A step that somebody completed without one keeps those it came with, usually the unset
 * ones; after a rerun they are unset in any case.
 */
static void apply_times(struct history *history, struct step *step)
{
	char start[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE] = CLOCK_TEXT_MAX;
	bool counts = history->request.attempt_count > history->request.retry_base;

	if (history->is_last_override && history->last == OVERRIDE_MERGED) {
		apply_merged(history, step);
		return;
	}
	if (history->request.state == STATE_NOT_STARTED || (history->has_rerun && !counts)) {
		set_times(history, step, CLOCK_TEXT_MIN, CLOCK_TEXT_MAX);
		return;
	}
	if (!counts)
		return;
	clock_format_utc(history->started_ns, start);
	if (history->ended_ns)
		clock_format_utc(history->ended_ns, end);
	set_times(history, step, start, end);
}

void history_apply(struct history *history, struct step *step)
{
	const struct history_request *request = &history->request;

	apply_times(history, step);
	step->detail_xml = history->detail_xml.data;
	if (request->attempt_count || request->has_overrides)
		step->completed_manually = request->state == STATE_COMPLETED && history->is_last_override &&
					   history->last == OVERRIDE_SET_COMPLETE;
	if (history->output.length) {
		step->output = history->output.data;
		step->fields |= STEP_FIELD_OUTPUT;
	} else if (request->attempt_count) {
		step->output = strbuf_empty;
	}
}
