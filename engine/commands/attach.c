// SPDX-License-Identifier: MIT
#include "engine/attach.h"

#include "engine/commands/status.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "runbook/base/strbuf.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	OPTION_END,
};

/* The run has ended, well or not, or its engine is dead: who looked on would have to guess. */
static bool tell_what_next(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(status_outlook_release) struct status_outlook outlook = { 0 };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!ledger_runbook_get(context->ledger, id, &runbook, err) ||
	    !status_look_ahead(context, &runbook, &outlook, err))
		return false;
	strbuf_addf(&text, "%s%s", outlook.advice.text, outlook.advice.commands.count ? ":" : ".");
	for (size_t i = 0; i < outlook.advice.commands.count; i++)
		strbuf_addf(&text, "\n  %s", outlook.advice.commands.items[i]);
	console_note("%s", text.data);
	return true;
}

static bool print_json(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	return ledger_runbook_get(context->ledger, id, &runbook, err) &&
	       status_print_json(context, &runbook, true, err);
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	bool shown;

	if (context->json)
		console_give_away_output();
	if (!attach_follow(context->ledger, id, context->quiet || context->json, &shown, err))
		return false;
	if (context->json)
		return print_json(context, id, err);
	if (!shown)
		console_note("nothing of runbook %s is running", id);
	return context->quiet || tell_what_next(context, id, err);
}

const struct command command_attach = {
	.name = "attach",
	.summary = "Follows a runbook that is being executed",
	.description =
		"Shows the running step from its first line, then those that follow, until the run ends; then what to do next. Any number of terminals may "
		"do so at once; leaving with ^C changes nothing. With -json nothing is shown until the run has ended, then what `status -summary` tells.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
