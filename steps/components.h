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
	char *version;
	char *runbook_id;
	char *package_root;
	int64_t installed_ns;
};

/* Records that a version was installed on this machine; history is kept, the newest is what counts. */
bool ledger_component_add(struct ledger *ledger, const struct ledger_component *component, uint32_t step,
			  struct error *err);

/* Calls `row` for each installed service by name. */
bool ledger_component_each(struct ledger *ledger,
			   bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			   struct error *err);
