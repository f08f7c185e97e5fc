// SPDX-License-Identifier: MIT
#include "engine/stop.h"

#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "now",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "End the running step too: TERM, a grace, KILL; it is then Failed" },
	OPTION_END,
};

static void print_json(const struct stop_request *request, bool engine, bool step, bool survivors)
{
	output_json(json_pack("{s:o, s:b, s:b, s:b}", "runbookId", output_json_text(request->runbook_id), "engine",
			      engine, "step", step, "survivors", survivors));
}

static void tell(const struct stop_request *request, bool engine, bool step, bool survivors)
{
	if (survivors)
		console_note("what still ran of a step of runbook %s, whose supervisor is dead, was ended",
			     request->runbook_id);
	if (engine && !request->now)
		console_note("runbook %s stops when its running step has ended", request->runbook_id);
	else if (engine || step)
		console_note("runbook %s stops%s", request->runbook_id,
			     step ? "; its running step is being ended" : "");
	else if (!survivors)
		console_note("runbook %s is not being executed", request->runbook_id);
}

static bool run(const struct command_context *context, struct error *err)
{
	const struct stop_request request = { .runbook_id = option_text(context->options, "runbookid"),
					      .user = context->user,
					      .reason = option_text(context->options, "reason"),
					      .now = option_flag(context->options, "now", false) };
	bool engine, step;
	bool survivors = false;

	if (!stop_ask(context->ledger, &request, &engine, &step, err) ||
	    (request.now && !stop_survivors(context->ledger, request.runbook_id, &survivors, err)))
		return false;
	if (context->json)
		print_json(&request, engine, step, survivors);
	else if (!context->quiet)
		tell(&request, engine, step, survivors);
	return true;
}

const struct command command_stop = {
	.name = "stop",
	.summary = "Stops a run when its running step has ended, or at once",
	.description =
		"The run ends with exit 5 and goes on with `execute`. With -now the running step is ended as at a timeout. Who asked and why "
		"(-reason) is kept.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
