// SPDX-License-Identifier: MIT
/*
 * What an admin asked for on the command line: -rerunstep, -setstepcomplete, -stepid. Checked against the state of the run, recorded with who and why.
 */
#pragma once

#include "engine/attempt.h"

/*
 * Applies the request's overrides in one transaction. `again` (may be NULL) is an attempt that never ran: it is abandoned if an override is for its step; *ret_abandoned
 * tells. ERROR_INPUT: no such step; ERROR_REFUSED: a later step than the one that is next, a running one.
 */
bool override_apply(struct run *run, struct attempt *again, bool *ret_abandoned, struct error *err);

/* Records that the output of a step is kept with its secrets, if the request says so. Must be called within a transaction. */
bool override_note_unmasked(struct run *run, const struct ledger_step *step, struct error *err);

/* Records that a step is to be run again, or is skipped, for a reason of our own. Must be called within a transaction. */
bool override_add(struct run *run, const struct ledger_step *step, enum override_kind kind, const char *reason,
		  struct error *err);
