// SPDX-License-Identifier: MIT
#include <string.h>

#include "runbook/base/alloc.h"
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

void ledger_component_release(struct ledger_component *component)
{
	free(component->name);
	free(component->version);
	free(component->runbook_id);
	free(component->package_root);
	*component = (struct ledger_component){ 0 };
}

static struct ledger_component read_component(const struct query *query)
{
	return (struct ledger_component){
		.name = query_text(query, 0),
		.version = query_text(query, 1),
		.runbook_id = query_text(query, 2),
		.package_root = query_text(query, 3),
		.installed_ns = query_int(query, 4),
		.step = (uint32_t)query_int(query, 5),
	};
}

/* Who wants the rows. */
struct listener {
	bool (*row)(void *context, const struct ledger_component *, struct error *);
	void *context;
};

static bool list_components(struct ledger *ledger, enum query_id id, const struct listener *listener, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, id, err))
		return false;
	while (query_row(&query, &found, err) && found) {
		CLEANUP(ledger_component_release) struct ledger_component component = read_component(&query);

		if (!listener->row(listener->context, &component, err))
			return false;
	}
	return !error_is_set(err);
}

bool ledger_component_each(struct ledger *ledger,
			   bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			   struct error *err)
{
	return list_components(ledger, QUERY_COMPONENT_ALL, &(struct listener){ row, context }, err);
}

bool ledger_component_each_ever(struct ledger *ledger,
				bool (*row)(void *context, const struct ledger_component *, struct error *),
				void *context, struct error *err)
{
	return list_components(ledger, QUERY_COMPONENT_HISTORY, &(struct listener){ row, context }, err);
}

bool ledger_component_get(struct ledger *ledger, const char *name, struct ledger_component *ret, bool *ret_found,
			  struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_COMPONENT_NAMED, err))
		return false;
	query_bind_text(&query, name);
	if (!query_row(&query, ret_found, err))
		return false;
	if (*ret_found)
		*ret = read_component(&query);
	return true;
}

/* The row says what there was before; it is recorded unless this very runbook has done so. */
static bool take_back(struct ledger *ledger, const struct query *row, const struct component_return *request,
		      const struct listener *listener, struct error *err)
{
	CLEANUP_FREE char *last_id = query_text(row, 3);
	CLEANUP(ledger_component_release)
	struct ledger_component component = {
		.name = query_text(row, 0),
		.version = query_text(row, 1),
		.runbook_id = xstrdup(request->runbook_id),
		.package_root = query_text(row, 2),
		.installed_ns = request->time_ns,
	};

	if (strcmp(last_id, request->runbook_id) != 0 && !ledger_component_add(ledger, &component, request->step, err))
		return false;
	return listener->row(listener->context, &component, err);
}

bool ledger_component_return(struct ledger *ledger, const struct component_return *request,
			     bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			     struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	const struct listener listener = { row, context };
	bool found = false;

	if (!query_open(&query, ledger, QUERY_COMPONENT_BEFORE, err))
		return false;
	query_bind_int(&query, request->restored);
	query_bind_text(&query, request->service_model);
	while (query_row(&query, &found, err) && found)
		if (!take_back(ledger, &query, request, &listener, err))
			return false;
	return !error_is_set(err);
}
