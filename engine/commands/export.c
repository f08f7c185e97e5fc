// SPDX-License-Identifier: MIT
#include <string.h>

#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "steps/transfer.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "runbookfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The file to write; one that is there is replaced; - is standard output" },
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	const char *path = option_text(context->options, "runbookfile");

	if (!ledger_export(context->ledger, id, path, err))
		return false;
	if (strcmp(path, "-") == 0)
		return true;
	if (context->json)
		output_json(json_pack("{s:o, s:o}", "runbookId", output_json_text(id), "runbookFile",
				      output_json_text(path)));
	else if (!context->quiet)
		output_line("Runbook %s exported to %s", id, path);
	return true;
}

const struct command command_export = {
	.name = "export",
	.summary = "Writes a runbook with the states, times, outputs and logs of its steps",
	.description =
		"Works at any time, also while the runbook is executed: the file shows one moment. What the imported file held and "
		"runbook does not know is kept. The file can be imported on another machine, which goes on where this one stopped.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
