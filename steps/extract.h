// SPDX-License-Identifier: MIT
/*
 * A runbook's rows of the ledger, as SQL.
 */
#pragma once

#include "runbook/base/strbuf.h"
#include "steps/ledger.h"

/* Appends INSERT statements for every row of every table that belongs to the runbook, in a fixed order, behind the schema's version. */
bool ledger_extract(struct ledger *ledger, const struct ledger_runbook *runbook, struct strbuf *ret, struct error *err);
