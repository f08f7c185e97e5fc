// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "steps/maintenance.h"

static const struct option options[] = { OPTION_END };

static void print_json(const char *ledger, const struct problem_list *problems)
{
	json_t *texts = json_array();

	output_json_add_problems(texts, problems);
	output_json(json_pack("{s:o, s:o}", "ledger", output_json_text(ledger), "problems", texts));
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	if (!ledger_check(context->ledger, &problems, err))
		return false;
	if (context->json)
		print_json(ledger_path(context->ledger), &problems);
	if (!problem_list_none(&problems, ERROR_SYSTEM, err))
		return false;
	if (!context->json && !context->quiet)
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
