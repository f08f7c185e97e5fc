// SPDX-License-Identifier: MIT
#include "steps/replace.h"

#include <string.h>

#include "steps/query.h"

static bool run_for(struct ledger *ledger, enum query_id id, int64_t runbook, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, id, err))
		return false;
	query_bind_int(&query, runbook);
	return query_run(&query, err);
}

/* What refers to something else goes first. */
static bool delete_runbook(struct ledger *ledger, int64_t runbook, struct error *err)
{
	static const enum query_id deletes[] = {
		QUERY_OVERRIDE_DELETE, QUERY_SUB_STEP_DELETE, QUERY_STEP_EXTRA_DELETE,   QUERY_STEP_DELETE,
		QUERY_KIND_DELETE,     QUERY_SCRIPT_DELETE,   QUERY_PACKAGE_FILE_DELETE, QUERY_LOG_DELETE,
		QUERY_HEAD_DELETE,     QUERY_RUNBOOK_DELETE,
	};

	for (size_t i = 0; i < sizeof(deletes) / sizeof(deletes[0]); i++)
		if (!run_for(ledger, deletes[i], runbook, err))
			return false;
	return true;
}

static bool find_similar(struct ledger *ledger, const char *id, struct ledger_runbook *ret, bool *ret_found,
			 struct error *err)
{
	CLEANUP_ERROR struct error missing = ERROR_INIT;

	*ret_found = ledger_runbook_get(ledger, id, ret, &missing);
	if (*ret_found || missing.code == ERROR_INPUT)
		return true;
	return error_set(err, missing.code, "%s", missing.message);
}

bool replace_runbook(struct ledger *ledger, const char *id, bool replace, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook there = { 0 };
	bool found;

	if (!find_similar(ledger, id, &there, &found, err))
		return false;
	if (!found)
		return true;
	if (strcmp(there.id, id) != 0)
		return error_set(err, ERROR_REFUSED, "runbook %s: there is a runbook %s already; choose another id", id,
				 there.id);
	if (there.started_ns)
		return error_set(err, ERROR_REFUSED,
				 "runbook %s is there already and has started: it is kept; execute goes on with it",
				 id);
	if (!replace)
		return error_set(err, ERROR_REFUSED, "runbook %s is there already; -replace replaces it", id);
	return delete_runbook(ledger, there.key, err);
}
