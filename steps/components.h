// SPDX-License-Identifier: MIT
/*
 * The ledger: installed services. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct ledger;

struct ledger_component {
	char *name;
	char *version; /* "": taken away */
	char *runbook_id;
	char *package_root;
	int64_t installed_ns;
	uint32_t step; /* not taken by ledger_component_add() */
};

void ledger_component_release(struct ledger_component *component);

/* Records that a version was installed on this machine, or taken away; history is kept, the newest is what counts. */
bool ledger_component_add(struct ledger *ledger, const struct ledger_component *component, uint32_t step,
			  struct error *err);

/* Calls `row` for each installed service by name. */
bool ledger_component_each(struct ledger *ledger,
			   bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			   struct error *err);

/* The same for all that was ever installed or taken away, oldest first. */
bool ledger_component_each_ever(struct ledger *ledger,
				bool (*row)(void *context, const struct ledger_component *, struct error *),
				void *context, struct error *err);

/* The installed service of that name (without regard to case); *ret_found says whether there is one. */
bool ledger_component_get(struct ledger *ledger, const char *name, struct ledger_component *ret, bool *ret_found,
			  struct error *err);

/* What a runbook has installed for a service model goes back to what there was before. */
struct component_return {
	int64_t restored;          /* key of the runbook that installed it */
	const char *service_model; /* as its steps name it */
	const char *runbook_id;    /* the runbook that restores it */
	uint32_t step;
	int64_t time_ns;
};

/*
 * Records that, once however often it is called. Calls `row` for each service with the version it has now ("": there was none before).
 */
bool ledger_component_return(struct ledger *ledger, const struct component_return *request,
			     bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			     struct error *err);
