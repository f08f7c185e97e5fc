// SPDX-License-Identifier: MIT
/*
 * Progress of a run on a terminal: one line for each step that has ended, and below them two that are redrawn in place for the one that runs:
 * how long it has been running and how long it may take (as it did before), its sub-step, and the last line of its output.
 *
 * There is one at most, as there is one standard output. Where that is no terminal that can be drawn on nothing of it is active, and everything
 * is printed line by line as other people's scripts read it. Trouble with the ledger only leaves something out.
 */
#pragma once

#include <stddef.h>

#include "steps/ledger.h"

/* Makes it active if standard output can be drawn on. The ledger must stay open until progress_end(). */
void progress_begin(struct ledger *ledger, int64_t runbook);

/* Takes the lines of the running step away; from now on nothing is active. */
void progress_end(void);
bool progress_is_active(void);

/* A step runs from now on, or since its attempt that is InProgress began. */
void progress_step(const struct ledger_step *step);

/* A piece of its output, masked already. */
void progress_output(const char *data, size_t length);

/* It has ended: its line stays. */
void progress_step_end(enum step_state state);

/* How long somebody may wait before progress_tick() is due: `otherwise` (of poll: milliseconds, -1 for ever), or less. */
int progress_wait_ms(int otherwise);

/* Draws what is new, if it is time. */
void progress_tick(void);

/* Takes its lines away for a moment, so that something else can be written; the next tick brings them back. */
void progress_hide(void);
