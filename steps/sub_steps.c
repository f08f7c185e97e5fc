// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "runbook/base/alloc.h"
#include "steps/ledger.h"
#include "steps/query.h"
#include "steps/rules.h"

void ledger_sub_step_release(struct ledger_sub_step *sub_step)
{
	free(sub_step->group);
	free(sub_step->name);
	free(sub_step->script_sha256);
	*sub_step = (struct ledger_sub_step){ 0 };
}

static struct ledger_sub_step read_sub_step(const struct query *query)
{
	return (struct ledger_sub_step){
		.number = (uint32_t)query_int(query, 0),
		.group = query_text(query, 1),
		.name = query_text(query, 2),
		.done = query_int(query, 3) != 0,
		.run = (uint32_t)query_int(query, 4),
		.attempt = (uint32_t)query_int(query, 5),
		.parent = (uint32_t)query_int(query, 6),
		.state = (enum step_state)query_int(query, 7),
		.started_ns = query_int(query, 8),
		.started_boot_ns = query_int(query, 9),
		.ended_ns = query_int(query, 10),
		.duration_ns = query_known(query, 11, -1),
		.exit_code = (int)query_known(query, 12, -1),
		.signal = (int)query_int(query, 13),
		.script_sha256 = query_text(query, 14),
	};
}

static int64_t key_of(struct ledger_place place)
{
	return step_key(place.runbook, place.step);
}

/* Names of the definition come first, whoever is heard of first. */
static bool name_defined(struct ledger *ledger, struct ledger_place place, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_DEFINE, err))
		return false;
	query_bind_int(&query, key_of(place));
	return query_run(&query, err);
}

static bool insert_name(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step_name name,
			struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_NAME_INSERT, err))
		return false;
	query_bind_int(&query, key_of(place));
	query_bind_text(&query, name.group);
	query_bind_text(&query, name.name);
	return query_run(&query, err);
}

/* `ret->number` is 0 if there is none of that name. */
static bool look_up(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step_name name,
		    struct ledger_sub_step *ret, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_BY_NAME, err))
		return false;
	query_bind_int(&query, key_of(place));
	query_bind_text(&query, name.group);
	query_bind_text(&query, name.name);
	if (!query_row(&query, &found, err))
		return false;
	*ret = found ? read_sub_step(&query) : (struct ledger_sub_step){ 0 };
	return true;
}

bool ledger_sub_step_find(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step_name name,
			  struct ledger_sub_step *ret, struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;

	if (!look_up(ledger, place, name, ret, err))
		return false;
	if (ret->number)
		return true;
	return change_begin(&change, ledger, err) && name_defined(ledger, place, err) &&
	       look_up(ledger, place, name, ret, err) &&
	       (ret->number || (insert_name(ledger, place, name, err) && look_up(ledger, place, name, ret, err))) &&
	       change_commit(&change, err);
}

/* ---- Runs ------------------------------------------------------------------------------------------------ */

static bool check_attempt(struct ledger *ledger, struct ledger_place place, struct error *err)
{
	struct step_standing standing;

	if (!step_standing(ledger, place.runbook, place.step, &standing, err))
		return false;
	if (standing.state == STATE_IN_PROGRESS && standing.attempt_count == place.attempt)
		return true;
	return error_set(err, ERROR_REFUSED,
			 "attempt %" PRIu32 " of step %" PRIu32 " has ended: its sub-steps run only while it does",
			 place.attempt, place.step);
}

static bool lose_run(struct ledger *ledger, struct ledger_place place, uint32_t number, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_LOSE, err))
		return false;
	query_bind_int(&query, key_of(place));
	query_bind_int(&query, number);
	return query_run(&query, err);
}

static bool insert_run(struct ledger *ledger, struct ledger_place place, const struct ledger_sub_step *sub_step,
		       struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_START, err))
		return false;
	query_bind_int(&query, key_of(place));
	query_bind_int(&query, sub_step->number);
	query_bind_int(&query, sub_step->run + 1);
	query_bind_int(&query, place.attempt);
	query_bind_int(&query, sub_step->parent);
	query_bind_text(&query, sub_step->script_sha256);
	query_bind_int(&query, sub_step->started_ns);
	query_bind_int(&query, sub_step->started_boot_ns);
	return query_run(&query, err);
}

bool ledger_sub_step_start(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step *sub_step,
			   struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;

	if (!change_begin(&change, ledger, err) || !check_attempt(ledger, place, err))
		return false;
	if (sub_step->done)
		return error_set(err, ERROR_REFUSED, "sub-step %" PRIu32 ".%" PRIu32 " is completed", place.step,
				 sub_step->number);
	if (!lose_run(ledger, place, sub_step->number, err) || !insert_run(ledger, place, sub_step, err) ||
	    !change_commit(&change, err))
		return false;
	sub_step->run++;
	sub_step->attempt = place.attempt;
	sub_step->state = STATE_IN_PROGRESS;
	return true;
}

static bool update_run(struct ledger *ledger, struct ledger_place place, const struct ledger_sub_step *sub_step,
		       struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_END, err))
		return false;
	query_bind_int(&query, sub_step->state);
	query_bind_known(&query, sub_step->ended_ns, 1);
	query_bind_known(&query, sub_step->duration_ns, 0);
	query_bind_known(&query, sub_step->exit_code, 0);
	query_bind_known(&query, sub_step->signal, 1);
	query_bind_int(&query, key_of(place));
	query_bind_int(&query, sub_step->number);
	query_bind_int(&query, sub_step->run);
	return query_run(&query, err);
}

bool ledger_sub_step_end(struct ledger *ledger, struct ledger_place place, const struct ledger_sub_step *sub_step,
			 struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;

	if (!change_begin(&change, ledger, err) || !update_run(ledger, place, sub_step, err))
		return false;
	if (!sqlite3_changes(ledger->db))
		return error_set(err, ERROR_REFUSED,
				 "run %" PRIu32 " of sub-step %" PRIu32 ".%" PRIu32
				 " is not running: only a running sub-step can end",
				 sub_step->run, place.step, sub_step->number);
	return change_commit(&change, err);
}

/* ---- Again ----------------------------------------------------------------------------------------------- */

/* What is known of the sub-steps of a step when it is decided which of them come again. */
struct again {
	uint32_t number;   /* asked for */
	uint32_t count;    /* of sub-steps */
	uint32_t *parents; /* by number - 1 */
	bool *done;
	size_t parent_alloc;
	size_t done_alloc;
};

static void again_release(struct again *again)
{
	free(again->parents);
	free(again->done);
}

static bool note_sub_step(void *context, const struct ledger_sub_step *sub_step, struct error *err)
{
	struct again *again = context;

	(void)err;
	again->parents = xgrow(again->parents, again->count, &again->parent_alloc, sizeof(*again->parents));
	again->done = xgrow(again->done, again->count, &again->done_alloc, sizeof(*again->done));
	again->parents[again->count] = sub_step->parent;
	again->done[again->count++] = sub_step->done;
	return true;
}

/* Whether it contains the one that was asked for, however deep. A parent has the lower number, so that this ends. */
static bool contains(const struct again *again, uint32_t number)
{
	uint32_t up = again->number;

	while (up > number && again->parents[up - 1] < up)
		up = again->parents[up - 1];
	return up == number;
}

static bool check_order(const struct again *again, uint32_t step, struct error *err)
{
	if (!again->count)
		return error_set(err, ERROR_INPUT,
				 "step %" PRIu32
				 " has no sub-steps so far: run the whole step with -rerunstep=%" PRIu32,
				 step, step);
	if (again->number > again->count)
		return error_set(err, ERROR_INPUT,
				 "no sub-step %" PRIu32 ".%" PRIu32 ": those of step %" PRIu32 " so far are %" PRIu32
				 ".1 to %" PRIu32 ".%" PRIu32,
				 step, again->number, step, step, step, again->count);
	for (uint32_t number = 1; number < again->number; number++)
		if (!again->done[number - 1] && !contains(again, number))
			return error_set(err, ERROR_REFUSED,
					 "sub-step %" PRIu32 ".%" PRIu32 " cannot come yet: %" PRIu32 ".%" PRIu32
					 " is not done, and comes first",
					 step, again->number, step, number);
	return true;
}

static bool insert_again(struct ledger *ledger, struct ledger_place place, uint32_t number, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_AGAIN, err))
		return false;
	query_bind_int(&query, key_of(place));
	query_bind_int(&query, number);
	return query_run(&query, err);
}

bool ledger_sub_step_again(struct ledger *ledger, struct ledger_place place, uint32_t number, struct error *err)
{
	CLEANUP(again_release) struct again again = { .number = number };

	if (!name_defined(ledger, place, err) || !ledger_sub_step_each(ledger, place, note_sub_step, &again, err) ||
	    !check_order(&again, place.step, err))
		return false;
	for (uint32_t i = 1; i <= again.count; i++)
		if ((i >= number || contains(&again, i)) && !insert_again(ledger, place, i, err))
			return false;
	return true;
}

/* ---- Lists ----------------------------------------------------------------------------------------------- */

static bool each_row(struct query *query, struct ledger_place place,
		     bool (*row)(void *context, const struct ledger_sub_step *, struct error *), void *context,
		     struct error *err)
{
	bool found = false;

	query_bind_int(query, key_of(place));
	while (query_row(query, &found, err) && found) {
		CLEANUP(ledger_sub_step_release) struct ledger_sub_step sub_step = read_sub_step(query);

		if (!row(context, &sub_step, err))
			return false;
	}
	return !error_is_set(err);
}

bool ledger_sub_step_each(struct ledger *ledger, struct ledger_place place,
			  bool (*row)(void *context, const struct ledger_sub_step *, struct error *), void *context,
			  struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	return query_open(&query, ledger, QUERY_SUB_STEP_LAST, err) && each_row(&query, place, row, context, err);
}

bool ledger_sub_step_each_run(struct ledger *ledger, struct ledger_place place,
			      bool (*row)(void *context, const struct ledger_sub_step *, struct error *), void *context,
			      struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	return query_open(&query, ledger, QUERY_SUB_STEP_RUNS, err) && each_row(&query, place, row, context, err);
}

bool ledger_sub_step_running(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step *ret,
			     bool *ret_found, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_RUNNING, err))
		return false;
	query_bind_int(&query, key_of(place));
	if (!query_row(&query, ret_found, err))
		return false;
	if (*ret_found)
		*ret = read_sub_step(&query);
	return true;
}

bool ledger_sub_step_each_defined(struct ledger *ledger, struct ledger_place place,
				  bool (*row)(void *context, const struct ledger_defined_sub_step *, struct error *),
				  void *context, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_SUB_STEP_DEFINED, err))
		return false;
	query_bind_int(&query, key_of(place));
	while (query_row(&query, &found, err) && found) {
		const struct ledger_defined_sub_step sub_step = { query_peek(&query, 0), query_peek(&query, 1),
								  query_peek(&query, 2), query_peek(&query, 3) };

		if (!row(context, &sub_step, err))
			return false;
	}
	return !error_is_set(err);
}
