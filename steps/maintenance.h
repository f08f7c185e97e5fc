// SPDX-License-Identifier: MIT
/*
 * Looking after the ledger's file: checking the whole of it, and copying it while it is in use.
 */
#pragma once

#include "runbook/base/problem.h"
#include "steps/ledger.h"

/*
 * Reads every page of the ledger and compares every index, reference and counter with what it should be. What is wrong is added to
 * `problems`; nothing is mended. Returns false only if the check could not be done; ERROR_INPUT: there is no ledger, or nothing in its file.
 */
bool ledger_check(struct ledger *ledger, struct problem_list *problems, struct error *err);

/*
 * Copies the ledger as it is at one moment to `target`, which must not exist (ERROR_REFUSED), while others go on writing. ERROR_INPUT as above. The copy is checked and durable
 * when it appears under its name; a failure leaves nothing.
 */
bool ledger_backup(struct ledger *ledger, const char *target, struct error *err);
