// SPDX-License-Identifier: MIT
/*
 * Claiming what a run changes: its runbook and its service models, against every other run on this machine.
 */
#pragma once

#include "engine/run_context.h"

/*
 * Takes the locks. ERROR_BUSY if another engine has one of them, or if a step of another runbook still runs (without its engine) for one of the service
 * models.
 */
bool claim_run(struct run *run, struct error *err);
