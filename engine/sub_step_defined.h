// SPDX-License-Identifier: MIT
/*
 * A step with a DynamicStepDefinition: its sub-steps' scripts, one after the other.
 *
 * The engine runs such a step as `runbook substep -defined [-- OWN SCRIPT]`, so that it has a supervisor, a log and a deadline like any other.
 */
#pragma once

#include "engine/sub_step.h"
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
