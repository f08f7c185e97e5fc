// SPDX-License-Identifier: MIT
#include "engine/commands/run_options.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "stepid",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .required = true,
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "The step to run" },
	RUN_OPTIONS,
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	struct run_request request;

	if (!run_options_read(context, &request, err))
		return false;
	request.runbook_id = option_text(context->options, "runbookid");
	request.only = (uint32_t)option_number(context->options, "stepid", 0);
	return run_execute(context->ledger, &request, err);
}

const struct command command_executestep = {
	.name = "executestep",
	.summary = "Runs one step of a runbook and no other",
	.description =
		"For whoever drives a fleet: each machine runs the steps that are its own, in the order of the runbook.",
	.options = options,
	.needs = command_writes_ledger,
	.run = run,
};
