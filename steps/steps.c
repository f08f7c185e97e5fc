// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "steps/ledger.h"
#include "steps/query.h"
#include "steps/rules.h"

void ledger_step_release(struct ledger_step *step)
{
	free(step->description);
	free(step->machine);
	free(step->service_model);
	free(step->type_text);
	free(step->file_name);
	free(step->instruction);
	free(step->script_sha256);
	*step = (struct ledger_step){ 0 };
}

/* Every attempt since the last rerun but the first was a retry. */
static uint32_t retries_left(unsigned retry_count, uint32_t attempts)
{
	uint32_t retries = attempts ? attempts - 1 : 0;

	return retries < retry_count ? retry_count - retries : 0;
}

static struct ledger_step read_step(const struct query *query)
{
	struct ledger_step step = {
		.number = (uint32_t)query_int(query, 0),
		.description = query_text(query, 1),
		.machine = query_text(query, 2),
		.service_model = query_text(query, 3),
		.type_text = query_text(query, 4),
		.file_name = query_text(query, 5),
		.automated = query_int(query, 6) != 0,
		.instruction = query_text(query, 7),
		.retry_count = (unsigned)query_int(query, 8),
		.timeout_min = (unsigned)query_int(query, 9),
		.no_auto_resume = query_int(query, 10) != 0,
		.script_sha256 = query_text(query, 11),
		.state = (enum step_state)query_int(query, 12),
		.attempt_count = (uint32_t)query_int(query, 13),
		.has_sub_steps = query_int(query, 15) != 0,
	};

	step.type = step_type_of(step.type_text, step.description);
	step.tries_left = retries_left(step.retry_count, step.attempt_count - (uint32_t)query_int(query, 14));
	return step;
}

/* What a runbook says of its steps as a whole. A key that is none is a programming error of the caller, told all the same. */
struct extent {
	char *id; /* of the runbook */
	uint32_t count;
	uint32_t next; /* the first that is not done; 0: none */
};

static void extent_release(struct extent *extent)
{
	free(extent->id);
}

static bool read_extent(struct ledger *ledger, int64_t runbook, struct extent *ret, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_RUNBOOK_EXTENT, err))
		return false;
	query_bind_int(&query, runbook);
	if (!query_row(&query, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "no runbook with the key %" PRId64, runbook);
	*ret = (struct extent){ query_text(&query, 0), (uint32_t)query_int(&query, 1), (uint32_t)query_int(&query, 2) };
	return true;
}

bool step_missing(struct ledger *ledger, int64_t runbook, uint32_t number, struct error *err)
{
	CLEANUP(extent_release) struct extent extent = { 0 };

	if (!read_extent(ledger, runbook, &extent, err))
		return false;
	return error_set(err, ERROR_INPUT, "no step %" PRIu32 ": runbook %s has steps 1 to %" PRIu32, number, extent.id,
			 extent.count);
}

bool ledger_step_get(struct ledger *ledger, int64_t runbook, uint32_t number, struct ledger_step *ret,
		     struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_STEP, err))
		return false;
	query_bind_int(&query, step_key(runbook, number));
	if (!query_row(&query, &found, err))
		return false;
	if (!found)
		return step_missing(ledger, runbook, number, err);
	*ret = read_step(&query);
	return true;
}

bool ledger_step_next(struct ledger *ledger, int64_t runbook, uint32_t *ret_number, struct error *err)
{
	CLEANUP(extent_release) struct extent extent = { 0 };

	if (!read_extent(ledger, runbook, &extent, err))
		return false;
	*ret_number = extent.next;
	return true;
}

bool ledger_step_expected(struct ledger *ledger, const struct ledger_step *step, int64_t *ret_ns, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_STEP_EXPECTED, err))
		return false;
	query_bind_text(&query, step->service_model);
	query_bind_text(&query, step->file_name);
	if (!query_row(&query, &found, err))
		return false;
	*ret_ns = found ? query_int(&query, 0) : 0;
	return true;
}

static bool each_row(struct query *query, bool (*row)(void *, const struct ledger_step *, struct error *),
		     void *context, struct error *err)
{
	bool found = false;

	while (query_row(query, &found, err) && found) {
		CLEANUP(ledger_step_release) struct ledger_step step = read_step(query);

		if (!row(context, &step, err))
			return false;
	}
	return !error_is_set(err);
}

bool ledger_step_each(struct ledger *ledger, struct ledger_range range,
		      bool (*row)(void *context, const struct ledger_step *, struct error *), void *context,
		      struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_STEP_RANGE, err))
		return false;
	query_bind_int(&query, step_key(range.runbook, range.first));
	query_bind_int(&query, step_key(range.runbook, range.last ? range.last : UINT32_MAX));
	return each_row(&query, row, context, err);
}

bool ledger_step_each_troubled(struct ledger *ledger, int64_t runbook,
			       bool (*row)(void *context, const struct ledger_step *, struct error *), void *context,
			       struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_STEP_TROUBLED, err))
		return false;
	query_bind_int(&query, step_key(runbook, 0));
	query_bind_int(&query, step_key(runbook, UINT32_MAX));
	return each_row(&query, row, context, err);
}
