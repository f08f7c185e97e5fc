// SPDX-License-Identifier: MIT
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "steps/maintenance.h"

static const struct option options[] = { OPTION_END };

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	if (!ledger_check(context->ledger, &problems, err) || !problem_list_none(&problems, ERROR_SYSTEM, err))
		return false;
	console_note("%s: nothing is wrong with it", ledger_path(context->ledger));
	return true;
}

const struct command command_ledger_check = {
	.name = "ledger check",
	.summary = "Checks the whole ledger",
	.description =
		"Reads every page and compares indexes, references and counters. Mends nothing; exit 1 if something is wrong.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
