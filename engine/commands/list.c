// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "runbook/base/clock.h"

static const struct option options[] = {
	{ .name = "history",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Also list every version that was installed or taken away: when, by which runbook, from which package" },
	OPTION_END,
};

static bool print_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	size_t *count = context;

	++*count;
	output_line("%s", runbook->id);
	return true;
}

static bool print_service(void *context, const struct ledger_component *component, struct error *err)
{
	output_line("%s\t Version: %s", component->name, component->version);
	return true;
}

static bool print_event(void *context, const struct ledger_component *component, struct error *err)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(component->installed_ns, time);
	output_line("%s  %s %s  runbook %s, step %u%s%s", time, component->name,
		    *component->version ? component->version : "taken away", component->runbook_id, component->step,
		    *component->package_root ? ", package " : "", component->package_root);
	return true;
}

static bool print_history(struct ledger *ledger, struct error *err)
{
	output_line("\nWhat was installed and taken away, oldest first:\n");
	return ledger_component_each_ever(ledger, print_event, NULL, err);
}

/* Other people's scripts read these lines, blanks at the end and all. */
static bool print_lines(struct ledger *ledger, struct error *err)
{
	size_t count = 0;

	output_line("List of Runbook ID on the system: \n");
	if (!ledger_runbook_each(ledger, print_runbook, &count, err))
		return false;
	output_line("\nList of services installed on the system: \n");
	if (!ledger_component_each(ledger, print_service, NULL, err))
		return false;
	/* Another user's ledger is another list. */
	if (!count)
		console_note("nothing was imported into the ledger %s", ledger_path(ledger));
	return true;
}

static bool add_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	json_t *item = json_pack("{s:o, s:o, s:o, s:I}", "runbookId", output_json_text(runbook->id), "packageRoot",
				 output_json_text(runbook->package_root), "packageType",
				 output_json_text(runbook->package_type), "steps", (json_int_t)runbook->step_count);

	(void)json_array_append_new(context, item);
	return true;
}

static bool add_service(void *context, const struct ledger_component *component, struct error *err)
{
	json_t *item =
		json_pack("{s:o, s:o, s:o, s:I, s:o, s:o}", "name", output_json_text(component->name), "version",
			  output_json_text(component->version), "runbookId", output_json_text(component->runbook_id),
			  "step", (json_int_t)component->step, "packageRoot", output_json_text(component->package_root),
			  "installed", output_json_time(component->installed_ns));

	(void)json_array_append_new(context, item);
	return true;
}

static bool print_json(struct ledger *ledger, bool with_history, struct error *err)
{
	json_t *runbooks = json_array();
	json_t *services = json_array();
	json_t *history = json_array();
	bool done = ledger_runbook_each(ledger, add_runbook, runbooks, err) &&
		    ledger_component_each(ledger, add_service, services, err) &&
		    (!with_history || ledger_component_each_ever(ledger, add_service, history, err));
	json_t *all = json_pack("{s:o, s:o}", "runbooks", runbooks, "services", services);

	if (with_history)
		(void)json_object_set(all, "history", history);
	json_decref(history);
	if (done)
		output_json(json_incref(all));
	json_decref(all);
	return done;
}

static bool run(const struct command_context *context, struct error *err)
{
	bool with_history = option_flag(context->options, "history", false);

	if (context->json)
		return print_json(context->ledger, with_history, err);
	return print_lines(context->ledger, err) && (!with_history || print_history(context->ledger, err));
}

const struct command command_list = {
	.name = "list",
	.summary = "Lists the runbooks on this machine and the installed services with their versions",
	.description = "One runbook id per line, oldest first, then one service per line with its version, by name. "
		       "-json and -history also tell since when, by which runbook and from which package.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
