// SPDX-License-Identifier: MIT
/*
 * Looking on: any number of terminals may follow a run, none of them matters to it.
 */
#pragma once

#include "steps/ledger.h"

/*
 * Shows the running attempt of a runbook from its first line, then each further step, until nobody executes the runbook and nothing of it runs. Needs a ledger open
 * for reading. *ret_shown is false if there was nothing to follow. With `quiet` no progress is drawn. A signal ends the looking, not the run: ERROR_SIGNAL + n.
 */
bool attach_follow(struct ledger *ledger, const char *runbook_id, bool quiet, bool *ret_shown, struct error *err);
