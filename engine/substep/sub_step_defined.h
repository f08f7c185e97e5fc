// SPDX-License-Identifier: MIT
/*
 * A step with a DynamicStepDefinition: its sub-steps' scripts, one after the other.
 *
 * The engine runs such a step as `runbook substep -defined [-- OWN SCRIPT]`, so that it has a supervisor, a log and a deadline like any other.
 */
#pragma once

#include "engine/substep/sub_step.h"
#include "packages/package_root.h"
#include "runbook/base/strv.h"

struct sub_step_defined_request {
	const struct sub_step_surroundings *inside;
	char *const *first; /* a command that is run before them, in each attempt; empty: none */
	mode_t umask;
	bool quiet;
	bool accept_change; /* run scripts that are not what they were at import or when they ran last */
};

/* Runs those that are not done; ends at the first that fails, with its code as sub_step_run() has it. ERROR_REFUSED: a changed script. */
bool sub_step_run_defined(struct ledger *ledger, const struct sub_step_defined_request *request, struct error *err);

struct sub_step_outlook_request {
	struct ledger_place place;
	const struct package_root *root;
	const char *service_model;
	bool accept_change;
};

/* What would become of the sub-steps that a definition names. */
struct sub_step_outlook {
	uint32_t count;
	char *trouble; /* why the first that could not be run could not; NULL: none. The caller frees it. */
};

/* Looks up all that running them needs, but for those that are done, and starts nothing. Needs a ledger open for reading only. */
bool sub_step_look_ahead(struct ledger *ledger, const struct sub_step_outlook_request *request,
			 struct sub_step_outlook *ret, struct error *err);
