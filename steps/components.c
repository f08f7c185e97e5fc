// SPDX-License-Identifier: MIT
#include "steps/ledger.h"
#include "steps/query.h"

bool ledger_component_add(struct ledger *ledger, const struct ledger_component *component, uint32_t step,
			  struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_COMPONENT_INSERT, err))
		return false;
	query_bind_text(&query, component->name);
	query_bind_text(&query, component->version);
	query_bind_text(&query, component->runbook_id);
	query_bind_int(&query, step);
	query_bind_text(&query, component->package_root);
	query_bind_int(&query, component->installed_ns);
	return query_run(&query, err);
}

static void component_release(struct ledger_component *component)
{
	free(component->name);
	free(component->version);
	free(component->runbook_id);
	free(component->package_root);
}

bool ledger_component_each(struct ledger *ledger,
			   bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			   struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_COMPONENT_ALL, err))
		return false;
	while (query_row(&query, &found, err) && found) {
		CLEANUP(component_release)
		struct ledger_component component = {
			.name = query_text(&query, 0),
			.version = query_text(&query, 1),
			.runbook_id = query_text(&query, 2),
			.package_root = query_text(&query, 3),
			.installed_ns = query_int(&query, 4),
		};

		if (!row(context, &component, err))
			return false;
	}
	return !error_is_set(err);
}
