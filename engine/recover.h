// SPDX-License-Identifier: MIT
/*
 * Settling what an earlier engine left behind, before anything else is done.
 */
#pragma once

#include "engine/attempt.h"

/*
 * Settles every attempt that the ledger says is in progress: records the end of those that finished, adopts (follows and records) those that still
 * run, makes Interrupted those whose end nobody can know. One that never ran is given back in `ret_again` (*ret_found): the caller runs the same
 * attempt again or abandons it.
 */
bool recover_attempts(struct run *run, struct attempt *ret_again, bool *ret_found, struct error *err);

/* Ends an attempt that never ran as Failed, because something else was asked for its step. */
bool recover_abandon(struct run *run, struct attempt *attempt, struct error *err);
