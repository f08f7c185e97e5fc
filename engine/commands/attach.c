// SPDX-License-Identifier: MIT
#include "engine/attach.h"

#include "engine/commands/verbs.h"
#include "engine/console.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	bool shown;

	if (!attach_follow(context->ledger, id, context->quiet, &shown, err))
		return false;
	if (!shown)
		console_note("nothing of runbook %s is running; see: runbook status -runbookid=%s%s", id, id,
			     context->repeat);
	return true;
}

const struct command command_attach = {
	.name = "attach",
	.summary = "Follows a runbook that is being executed",
	.description =
		"Shows the running step from its first line, then those that follow, until the run ends. Any number of terminals may "
		"do so at once; leaving with ^C changes nothing.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
