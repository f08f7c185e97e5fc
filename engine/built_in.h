// SPDX-License-Identifier: MIT
/*
 * The steps that the program does itself.
 */
#pragma once

#include "engine/run_context.h"

/*
 * "Updating installation info": records the name and version of SERVICEMODEL/Scripts/InstallationInfo.xml (without one: the service model's name and the version of
 * the service-model data) as installed on this machine; in a runbook that takes another one back, that the version before is there again. "Updating ETW manifest": event tracing manifests are for Windows; says what was found and leaves it.
 * Start, action and end go into the ledger together, in the caller's transaction, so that it is never half done. *ret_state is Completed or
 * Failed; `ret_said` is one line about it (the caller frees it).
 */
bool built_in_execute(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		      struct error *err);
