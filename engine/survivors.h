// SPDX-License-Identifier: MIT
/*
 * What still runs of a step whose supervisor died. Nobody takes its output any more and its end will never be known, but it goes on changing things: the
 * step must not be run again, or be called done, beside it. Only `stop -now` ends it.
 */
#pragma once

#include "engine/run_context.h"
#include "engine/supervisor/process_tree.h"

/* Those of an attempt, by its folder and what `started` says; none if the machine was started anew since. Services in sessions of their own are none. */
void survivors_find(const char *attempt_folder, struct process_tree *ret);

/* ERROR_REFUSED if the step's last attempt was interrupted and has survivors: names them, and how to end them. */
bool survivors_refuse(const struct run *run, const struct ledger_step *step, struct error *err);

/* TERM, a grace, KILL. Gives back how many there were; ERROR_SYSTEM names those that cannot be killed. */
bool survivors_end(const char *attempt_folder, int64_t grace_ms, size_t *ret_count, struct error *err);
