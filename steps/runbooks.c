// SPDX-License-Identifier: MIT
#include "runbook/base/strbuf.h"
#include "steps/ledger.h"
#include "steps/query.h"

enum { IDS_NAMED = 20 }; /* in the message about an unknown id */

void ledger_runbook_release(struct ledger_runbook *runbook)
{
	free(runbook->id);
	free(runbook->package_root);
	free(runbook->guid);
	free(runbook->version);
	free(runbook->package_type);
	*runbook = (struct ledger_runbook){ 0 };
}

static struct ledger_runbook read_runbook(const struct query *query)
{
	struct ledger_runbook runbook = {
		.key = query_int(query, 0),
		.id = query_text(query, 1),
		.package_root = query_text(query, 2),
		.guid = query_text(query, 3),
		.version = query_text(query, 4),
		.package_type = query_text(query, 5),
		.imported_ns = query_int(query, 6),
		.started_ns = query_int(query, 7),
		.ended_ns = query_int(query, 8),
		.step_count = (uint32_t)query_int(query, 9),
	};

	for (int state = 0; state < STATE_COUNT; state++)
		runbook.counts[state] = (uint32_t)query_int(query, 10 + state);
	return runbook;
}

/* Leaves `ret` as it is if there is none. */
static bool find_runbook(struct ledger *ledger, enum query_id id, const char *runbook_id, struct ledger_runbook *ret,
			 struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, id, err))
		return false;
	query_bind_text(&query, runbook_id);
	if (!query_row(&query, &found, err))
		return false;
	if (found)
		*ret = read_runbook(&query);
	return true;
}

static bool no_such_runbook(struct ledger *ledger, const char *id, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	CLEANUP_STRBUF struct strbuf ids = STRBUF_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_RUNBOOK_IDS, err))
		return false;
	for (unsigned count = 0;; count++) {
		CLEANUP_FREE char *known = NULL;

		if (!query_row(&query, &found, err))
			return false;
		if (!found || count == IDS_NAMED)
			break;
		known = query_text(&query, 0);
		strbuf_addf(&ids, "%s%s", count ? ", " : "", known);
	}
	if (!ids.length)
		return error_set(err, ERROR_INPUT, "no runbook %s: the ledger %s has none; import one first", id,
				 ledger->path);
	return error_set(err, ERROR_INPUT, "no runbook %s; there are: %s%s", id, ids.data, found ? ", …" : "");
}

bool ledger_runbook_get(struct ledger *ledger, const char *id, struct ledger_runbook *ret, struct error *err)
{
	struct ledger_runbook found = { 0 };

	if (!find_runbook(ledger, QUERY_RUNBOOK_BY_ID, id, &found, err) ||
	    (!found.key && !find_runbook(ledger, QUERY_RUNBOOK_BY_ID_NOCASE, id, &found, err)))
		return false;
	if (!found.key)
		return no_such_runbook(ledger, id, err);
	*ret = found;
	return true;
}

bool ledger_runbook_each(struct ledger *ledger,
			 bool (*row)(void *context, const struct ledger_runbook *, struct error *), void *context,
			 struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_RUNBOOK_ALL, err))
		return false;
	while (query_row(&query, &found, err) && found) {
		CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = read_runbook(&query);

		if (!row(context, &runbook, err))
			return false;
	}
	return !error_is_set(err);
}
