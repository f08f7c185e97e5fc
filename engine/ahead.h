// SPDX-License-Identifier: MIT
/*
 * Makes ready, while a step runs, what the next one needs: its folders, the space of its outcome, its script, found and compared. To make files and to sync them takes
 * longer than all else that a short step costs; a step that is at work costs nobody's time.
 *
 * It is a guess: that this step will be done and the next one is due. If it is not, empty folders stay, and everything is made when it is needed.
 */
#pragma once

#include "engine/run_context.h"

struct ahead;
struct attempt;

/* What cannot be made is tried again by the attempt itself, which then says why. */
void ahead_make(struct run *run, uint32_t step);

/* False if something made ahead could not be synced: a sync is never tried again and believed. */
bool ahead_check(const struct run *run, struct error *err);

/*
 * The step is done: the attempt that was made ready begins, in `ret`, while the ledger still learns of the end of this one. Nothing is in `ret` if none was made ready, or if its
 * script is not what it was then.
 */
void ahead_begin(struct run *run, struct attempt *ret);

/* What was made ready is not used: before another attempt is prepared, which needs its lock. */
void ahead_forget(struct run *run);

/* Takes NULL. */
void ahead_free(struct ahead *ahead);
