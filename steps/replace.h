// SPDX-License-Identifier: MIT
/*
 * Making room for a runbook that is to be imported. Only for steps/.
 */
#pragma once

#include "steps/ledger.h"

/*
 * Succeeds if no runbook of that id is there. One that has not started is removed if `replace`; everything else is ERROR_REFUSED, also an id that differs from
 * another only in case: both would use the same folders on some file systems, and nobody could tell them apart.
 */
bool replace_runbook(struct ledger *ledger, const char *id, bool replace, struct error *err);
