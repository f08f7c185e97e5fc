// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "runbook/base/strbuf.h"
#include "runbook/name_set.h"
#include "steps/ledger.h"
#include "steps/query.h"

struct scripts {
	struct ledger *ledger;
	bool (*row)(void *context, const struct ledger_script *, struct error *);
	void *context;
	struct name_set *seen; /* "SCRIPT/MACHINE" */
	struct strbuf name;
};

static void scripts_release(struct scripts *scripts)
{
	name_set_free(scripts->seen);
	strbuf_release(&scripts->name);
}

static bool tell_script(struct scripts *scripts, const struct query *step, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	struct ledger_script script = { .machine = query_peek(step, 2), .first_step = (uint32_t)query_int(step, 1) };
	bool found;

	if (!query_open(&query, scripts->ledger, QUERY_SCRIPT_BY_KEY, err))
		return false;
	query_bind_int(&query, query_int(step, 0));
	if (!query_row(&query, &found, err))
		return false;
	script.service_model = query_peek(&query, 0);
	script.file_name = query_peek(&query, 1);
	return !*script.file_name || scripts->row(scripts->context, &script, err);
}

static bool note_step(struct scripts *scripts, const struct query *step, struct error *err)
{
	size_t first;

	strbuf_clear(&scripts->name);
	strbuf_addf(&scripts->name, "%" PRId64 "/%s", query_int(step, 0), query_peek(step, 2));
	return !name_set_add(scripts->seen, scripts->name.data, 0, &first) || tell_script(scripts, step, err);
}

/* One pass in the order of the steps: to have SQLite group a million of them takes three times as long. */
static bool note_steps(struct scripts *scripts, enum query_id id, const struct ledger_range *range, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, scripts->ledger, id, err))
		return false;
	query_bind_int(&query, step_key(range->runbook, range->first));
	query_bind_int(&query, step_key(range->runbook, UINT32_MAX));
	while (query_row(&query, &found, err) && found)
		if (!note_step(scripts, &query, err))
			return false;
	return !error_is_set(err);
}

bool ledger_script_each(struct ledger *ledger, int64_t runbook,
			bool (*row)(void *context, const struct ledger_script *, struct error *), void *context,
			struct error *err)
{
	CLEANUP(scripts_release)
	struct scripts scripts = { ledger, row, context, name_set_new(), STRBUF_INIT };
	struct ledger_range range = { .runbook = runbook };

	if (!ledger_step_next(ledger, runbook, &range.first, err))
		return false;
	return !range.first || (note_steps(&scripts, QUERY_SCRIPT_STEPS, &range, err) &&
				note_steps(&scripts, QUERY_SCRIPT_SUB_STEPS, &range, err));
}

bool ledger_service_model_each(struct ledger *ledger, int64_t runbook,
			       bool (*row)(void *context, const char *service_model, struct error *), void *context,
			       struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_SERVICE_MODEL_ALL, err))
		return false;
	query_bind_int(&query, runbook);
	while (query_row(&query, &found, err) && found) {
		CLEANUP_FREE char *service_model = query_text(&query, 0);

		if (!row(context, service_model, err))
			return false;
	}
	return !error_is_set(err);
}
