// SPDX-License-Identifier: MIT
#include "engine/commands/caller.h"
#include "engine/commands/run_options.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "engine/detach.h"
#include "engine/hold.h"
#include "runbook/names.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "rerunstep",
	  .kind = OPTION_TEXT,
	  .value = "N",
	  .help = "Run step N again, or with A..B the steps A to B, or with N.M step N from its sub-step M on, then go on" },
	{ .name = "setstepcomplete",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "Take step N as completed without running it, then go on; say why with -reason" },
	UNTIL_STEP_OPTION,
	{ .name = "dryrun",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Tell for each step what would be run, and start nothing" },
	{ .name = "detach",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Return once the run is under way in the background; see attach and stop" },
	{ .name = "backup",
	  .kind = OPTION_FLAG,
	  .value = "true|false",
	  .help = "With false, skip the environment backup and the Backup steps" },
	{ .name = "versioncheck",
	  .kind = OPTION_FLAG,
	  .value = "true|false",
	  .help = "Skip service models whose version is installed already, and refuse lower versions" },
	RUN_OPTIONS,
	OPTION_END,
};

static enum command_needs needs(const struct option_values *values)
{
	if (option_flag(values, "detach", false))
		return NEEDS_NOTHING;
	return option_flag(values, "dryrun", false) ? NEEDS_LEDGER_READ : NEEDS_LEDGER_WRITE;
}

static bool read_request(const struct command_context *context, struct run_request *ret, struct error *err)
{
	if (!run_options_read_deciding(context, ret, err))
		return false;
	ret->until = (uint32_t)option_number(context->options, "untilstep", 0);
	ret->version_check = option_flag(context->options, "versioncheck", false);
	ret->without_backup = !option_flag(context->options, "backup", true);
	return true;
}

/* The run itself is this program again, which opens the ledger for itself. */
static bool detach(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	CLEANUP_FREE char *ledger = caller_ledger_path(context->options);
	CLEANUP_FREE char *output = hold_path(ledger, id, "~output");
	int exit_code;

	if (!name_is_runbook_id(id))
		return error_set(err, ERROR_USAGE, "-runbookid=%s is no runbook id", id);
	if (!detach_start(output, &exit_code, err))
		return false;
	if (exit_code > 0)
		return error_set(err, (enum error_code)exit_code, "the run ended before it was under way");
	console_note(
		"runbook %s is being executed in the background; its output: %s\n  follow it: runbook attach -runbookid=%s%s",
		id, output, id, context->repeat);
	if (detach_ends_with_service())
		console_note(
			"warning: this is the main process of a systemd service: unless its KillMode is `process`, systemd ends the run with it");
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	struct run_request request;

	if (option_flag(context->options, "detach", false))
		return detach(context, err);

	if (!read_request(context, &request, err))
		return false;
	if (option_flag(context->options, "dryrun", false))
		return run_dry(context->ledger, &request, err);
	return run_execute(context->ledger, &request, err);
}

const struct command command_execute = {
	.name = "execute",
	.summary = "Runs a runbook from the first step that is not completed",
	.description =
		"A step that is still running, or ended while nobody looked, is taken up first. The run stops at a step that failed "
		"(exit 4), one that somebody has to do by hand or on another machine (exit 5), one whose outcome cannot be known "
		"(exit 8), and a script that changed since the import (exit 7); the last lines say with which command it goes on.\n"
		"With -requiresignature another package root than that of the import, which -packagepath names, must be one that was "
		"extracted from an archive with a trusted signature; that of the import was judged there.\n"
		"-rerunstep runs steps again that failed or are done; -setstepcomplete takes one as done that somebody did by "
		"hand. Who did so, when and why (-reason) is kept in the ledger and in every export.\n"
		"With -json standard output gets what -events writes, one object a line as it happens, and nothing else.",
	.options = options,
	.needs = needs,
	.run = run,
};
