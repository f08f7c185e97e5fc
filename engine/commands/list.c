// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"

static bool print_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	output_line("%s", runbook->id);
	return true;
}

static bool print_service(void *context, const struct ledger_component *component, struct error *err)
{
	output_line("%s\t Version: %s", component->name, component->version);
	return true;
}

/* Other people's scripts read these lines, blanks at the end and all. */
static bool print_lines(struct ledger *ledger, struct error *err)
{
	output_line("List of Runbook ID on the system: \n");
	if (!ledger_runbook_each(ledger, print_runbook, NULL, err))
		return false;
	output_line("\nList of services installed on the system: \n");
	return ledger_component_each(ledger, print_service, NULL, err);
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
		json_pack("{s:o, s:o, s:o, s:o}", "name", output_json_text(component->name), "version",
			  output_json_text(component->version), "runbookId", output_json_text(component->runbook_id),
			  "installed", output_json_time(component->installed_ns));

	(void)json_array_append_new(context, item);
	return true;
}

static bool print_json(struct ledger *ledger, struct error *err)
{
	json_t *runbooks = json_array();
	json_t *services = json_array();
	bool done = ledger_runbook_each(ledger, add_runbook, runbooks, err) &&
		    ledger_component_each(ledger, add_service, services, err);
	json_t *both = json_pack("{s:o, s:o}", "runbooks", runbooks, "services", services);

	if (done)
		output_json(json_incref(both));
	json_decref(both);
	return done;
}

static bool run(const struct command_context *context, struct error *err)
{
	return context->json ? print_json(context->ledger, err) : print_lines(context->ledger, err);
}

const struct command command_list = {
	.name = "list",
	.summary = "Lists the runbooks on this machine and the installed services with their versions",
	.description = "One runbook id per line, oldest first, then one service per line with its version, by name.",
	.needs = command_reads_ledger,
	.run = run,
};
