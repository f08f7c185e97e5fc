// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "steps/transfer.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "runbookfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The same runbook as the other machine exported it" },
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct merge_request *request, uint32_t count)
{
	if (context->json)
		output_json(json_pack("{s:o, s:o, s:I}", "runbookId", output_json_text(request->runbook_id),
				      "runbookFile", output_json_text(request->runbook_file), "steps",
				      (json_int_t)count));
	else if (!context->quiet)
		output_line("Runbook %s: %u steps taken over from %s", request->runbook_id, count,
			    request->runbook_file);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	struct merge_request request = {
		.runbook_id = option_text(context->options, "runbookid"),
		.runbook_file = option_text(context->options, "runbookfile"),
		.own_machine = context->machine,
		.user = context->user,
	};
	uint32_t count = 0;
	bool done = ledger_merge(context->ledger, &request, &count, &warnings, err);

	output_warnings(&warnings);
	if (done)
		print_report(context, &request, count);
	return done;
}

const struct command command_mergestepdata = {
	.name = "mergestepdata",
	.summary = "Takes over what became of the steps of other machines",
	.description =
		"FILE is what export wrote on another machine. Its steps get the states, times, outputs and logs they have there; this machine's own "
		"steps are left alone. The same file again changes nothing.",
	.options = options,
	.needs = command_writes_ledger,
	.run = run,
};
