// SPDX-License-Identifier: MIT
#include "engine/commands/status.h"

#include <stdlib.h>

#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "runbook/base/alloc.h"

static const struct option options[] = {
	{ .name = "runbookid",
	  .kind = OPTION_TEXT,
	  .value = "ID",
	  .help = "The runbook; without it all are listed, and the newest is shown step by step" },
	OPTION_END,
};

static bool show(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	if (!ledger_runbook_get(context->ledger, id, &runbook, err))
		return false;
	return context->json ? status_print_json(context, &runbook, err) : status_print(context, &runbook, err);
}

static bool print_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	char **newest = context;

	status_print_line(runbook);
	free(*newest);
	*newest = xstrdup(runbook->id);
	return true;
}

static bool show_all(const struct command_context *context, struct error *err)
{
	CLEANUP_FREE char *newest = NULL;

	if (!ledger_runbook_each(context->ledger, print_runbook, &newest, err))
		return false;
	if (!newest) {
		output_line("No runbook was imported on this machine.");
		return true;
	}
	output_line("%s", "");
	return show(context, newest, err);
}

static bool add_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	(void)json_array_append_new(context, status_json_runbook(runbook));
	return true;
}

static bool show_all_json(const struct command_context *context, struct error *err)
{
	json_t *list = json_array();

	if (!ledger_runbook_each(context->ledger, add_runbook, list, err)) {
		json_decref(list);
		return false;
	}
	output_json(json_pack("{s:o}", "runbooks", list));
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");

	if (id)
		return show(context, id, err);
	return context->json ? show_all_json(context, err) : show_all(context, err);
}

const struct command command_status = {
	.name = "status",
	.summary = "Shows how runbooks stand, and what to do next",
	.description =
		"One line a step: number, state, attempts, duration of the last one, description; below it why it ended as it did, "
		"and who overrode what, when and why. The last lines are what to do next, as commands to copy.\n"
		"Never waits for a run that is going on. The exit code tells only whether the status could be shown.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
