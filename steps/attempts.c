// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "logs/mask.h"
#include "runbook/base/clock.h"
#include "steps/ledger.h"
#include "steps/query.h"
#include "steps/recorder.h"
#include "steps/rules.h"

void ledger_attempt_release(struct ledger_attempt *attempt)
{
	free(attempt->boot_id);
	free(attempt->script_sha256);
	free(attempt->folder);
	free(attempt->log_path);
	free(attempt->left_behind);
	free(attempt->reason);
	free(attempt->user);
	free(attempt->restart);
	*attempt = (struct ledger_attempt){ 0 };
}

static struct ledger_attempt read_attempt(const struct query *query)
{
	return (struct ledger_attempt){
		.step = (uint32_t)query_int(query, 0),
		.number = (uint32_t)query_int(query, 1),
		.state = (enum step_state)query_int(query, 2),
		.boot_id = query_text(query, 3),
		.started_ns = query_int(query, 4),
		.started_boot_ns = query_int(query, 5),
		.ended_ns = query_int(query, 6),
		.duration_ns = query_known(query, 7, -1),
		.exit_code = (int)query_known(query, 8, -1),
		.signal = (int)query_int(query, 9),
		.script_sha256 = query_text(query, 10),
		.folder = query_text(query, 11),
		.log_path = query_text(query, 12),
		.cpu_us = query_known(query, 13, -1),
		.peak_memory_kb = query_known(query, 14, -1),
		.left_behind = query_text(query, 15),
		.reason = query_text(query, 16),
		.user = query_text(query, 17),
		.restart = query_text(query, 18),
	};
}

static bool insert_attempt(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt,
			   uint32_t number, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_ATTEMPT_INSERT, err))
		return false;
	query_bind_int(&query, step_key(runbook, attempt->step));
	query_bind_int(&query, number);
	query_bind_text(&query, attempt->boot_id);
	query_bind_int(&query, attempt->started_ns);
	query_bind_int(&query, attempt->started_boot_ns);
	query_bind_text(&query, attempt->script_sha256);
	query_bind_text(&query, attempt->folder);
	query_bind_text(&query, attempt->log_path);
	query_bind_text(&query, attempt->user);
	return query_run(&query, err);
}

bool ledger_attempt_start(struct ledger *ledger, int64_t runbook, struct ledger_attempt *attempt, struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;
	struct step_standing standing;

	if (!change_begin(&change, ledger, err) || !step_standing(ledger, runbook, attempt->step, &standing, err) ||
	    !step_allows(attempt->step, &standing, EVENT_START, err) ||
	    !insert_attempt(ledger, runbook, attempt, standing.attempt_count + 1, err) || !change_commit(&change, err))
		return false;
	attempt->number = standing.attempt_count + 1;
	attempt->state = STATE_IN_PROGRESS;
	return true;
}

/* That it is the one that is running, and that it can end like this. */
static bool may_end(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt, struct error *err)
{
	struct step_standing standing;
	enum step_state next;

	if (!step_standing(ledger, runbook, attempt->step, &standing, err))
		return false;
	if (standing.state != STATE_IN_PROGRESS || standing.attempt_count != attempt->number)
		return error_set(err, ERROR_REFUSED,
				 "attempt %" PRIu32 " of step %" PRIu32
				 " is not running: only a running attempt can end",
				 attempt->number, attempt->step);
	if (attempt->state == STATE_SKIPPED && (!attempt->reason || !*attempt->reason))
		return error_set(err, ERROR_REFUSED, "step %" PRIu32 " cannot be skipped without a reason",
				 attempt->step);
	for (unsigned event = 0; event < EVENT_COUNT; event++)
		if (state_next(STATE_IN_PROGRESS, (enum step_event)event, &next) && next == attempt->state)
			return true;
	return error_set(err, ERROR_REFUSED, "attempt %" PRIu32 " of step %" PRIu32 " cannot end as %s",
			 attempt->number, attempt->step, state_name(attempt->state));
}

static bool update_attempt(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt,
			   struct error *err)
{
	CLEANUP_FREE char *left_behind = mask_string(attempt->left_behind ? attempt->left_behind : "");
	CLEANUP_FREE char *reason = mask_string(attempt->reason ? attempt->reason : "");
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_ATTEMPT_END, err))
		return false;
	query_bind_int(&query, attempt->state);
	query_bind_known(&query, attempt->ended_ns, 1);
	query_bind_known(&query, attempt->duration_ns, 0);
	query_bind_known(&query, attempt->exit_code, 0);
	query_bind_known(&query, attempt->signal, 1);
	query_bind_known(&query, attempt->cpu_us, 0);
	query_bind_known(&query, attempt->peak_memory_kb, 0);
	query_bind_text(&query, left_behind);
	query_bind_text(&query, reason);
	query_bind_text(&query, attempt->restart ? attempt->restart : "");
	query_bind_int(&query, step_key(runbook, attempt->step));
	query_bind_int(&query, attempt->number);
	return query_run(&query, err);
}

bool ledger_attempt_end(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt, struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;

	return change_begin(&change, ledger, err) && may_end(ledger, runbook, attempt, err) &&
	       update_attempt(ledger, runbook, attempt, err) && change_commit(&change, err);
}

static bool attempt_missing(struct ledger *ledger, struct ledger_place place, struct error *err)
{
	struct step_standing standing;

	if (!step_standing(ledger, place.runbook, place.step, &standing, err))
		return false;
	if (!standing.attempt_count)
		return error_set(err, ERROR_INPUT, "step %" PRIu32 " was not started here: it has no attempts",
				 place.step);
	return error_set(err, ERROR_INPUT, "no attempt %" PRIu32 ": step %" PRIu32 " has attempts 1 to %" PRIu32,
			 place.attempt, place.step, standing.attempt_count);
}

bool ledger_attempt_get(struct ledger *ledger, struct ledger_place place, struct ledger_attempt *ret, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_ATTEMPT, err))
		return false;
	query_bind_int(&query, step_key(place.runbook, place.step));
	query_bind_int(&query, place.attempt);
	if (!query_row(&query, &found, err))
		return false;
	if (!found)
		return attempt_missing(ledger, place, err);
	*ret = read_attempt(&query);
	return true;
}

static bool each_row(struct query *query, struct ledger_place place,
		     bool (*row)(void *context, const struct ledger_attempt *, struct error *), void *context,
		     struct error *err)
{
	bool found = false;

	query_bind_int(query, step_key(place.runbook, place.step));
	query_bind_int(query, step_key(place.runbook, place.step ? place.step : UINT32_MAX));
	while (query_row(query, &found, err) && found) {
		CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = read_attempt(query);

		if (!row(context, &attempt, err))
			return false;
	}
	return !error_is_set(err);
}

bool ledger_attempt_each(struct ledger *ledger, struct ledger_place place,
			 bool (*row)(void *context, const struct ledger_attempt *, struct error *), void *context,
			 struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	return query_open(&query, ledger, QUERY_ATTEMPT_RANGE, err) && each_row(&query, place, row, context, err);
}

bool ledger_attempt_each_running(struct ledger *ledger, struct ledger_place place,
				 bool (*row)(void *context, const struct ledger_attempt *, struct error *),
				 void *context, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	return query_open(&query, ledger, QUERY_ATTEMPT_RUNNING, err) && each_row(&query, place, row, context, err);
}

bool ledger_restart_pending(struct ledger *ledger, int64_t runbook, const char *boot_id, uint32_t *ret_step,
			    struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_ATTEMPT_RESTART, err))
		return false;
	query_bind_text(&query, boot_id);
	query_bind_int(&query, step_key(runbook, 0));
	query_bind_int(&query, step_key(runbook, UINT32_MAX));
	if (!query_row(&query, &found, err))
		return false;
	*ret_step = found ? (uint32_t)query_int(&query, 0) : 0;
	return true;
}

bool ledger_output_add(struct ledger *ledger, struct ledger_place place, const char *name, const char *value,
		       struct error *err)
{
	CLEANUP_FREE char *masked = mask_value(name, value);
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_OUTPUT_INSERT, err))
		return false;
	query_bind_int(&query, step_key(place.runbook, place.step));
	query_bind_int(&query, place.attempt);
	query_bind_text(&query, name);
	query_bind_text(&query, masked);
	return query_run(&query, err);
}

bool ledger_log_add(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt, const char *text,
		    struct error *err)
{
	char time[CLOCK_TEXT_SIZE];
	const struct runbook_log log = {
		.step = attempt->step,
		.attempt = attempt->number,
		.time = time,
		.file = attempt->log_path,
		.text = (char *)text,
	};

	clock_format_utc(attempt->ended_ns ? attempt->ended_ns : clock_wall_ns(), time);
	return log_record(ledger, runbook, &log, err);
}
