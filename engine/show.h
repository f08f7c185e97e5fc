// SPDX-License-Identifier: MIT
/*
 * What is shown of a step: the lines of design section 4, and on failure what matters and how to go on.
 */
#pragma once

#include "engine/attempt.h"

/* `Executing step: N` and the description; on a terminal a step is drawn instead (engine/progress.h). */
void show_start(const struct ledger_step *step);

/* `The step completed` or `The step failed`. */
void show_outcome(enum step_state state);

/* The same of an attempt, and notes about what was left behind. */
void show_end(const struct run *run, const struct attempt *attempt);

/*
 * Sets the error with which a run stops at a step: what happened, the last lines of its log, and the commands to go on with. Always returns false.
 */
bool show_stop_failed(struct run *run, const struct ledger_step *step, struct error *err);
bool show_stop_unknown(struct run *run, const struct ledger_step *step, struct error *err);
bool show_stop_manual(struct run *run, const struct ledger_step *step, struct error *err);
bool show_stop_restart(struct run *run, uint32_t step, struct error *err);
bool show_stop_machine(struct run *run, const struct ledger_step *step, struct error *err);
