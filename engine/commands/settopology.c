// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "runbook/topology.h"

static const struct option options[] = {
	{ .name = "topologyfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The topology to change, or to make if it is not there" },
	OPTION_END,
};

static bool add_name(void *context, const struct ledger_component *component, struct error *err)
{
	strv_push(context, component->name);
	return true;
}

static void print_report(const struct command_context *context, const char *path, const struct strv *services)
{
	json_t *names;

	if (!context->json && !context->quiet)
		output_line("Machine %s with %zu services written to %s", context->machine, services->count, path);
	if (!context->json)
		return;
	names = json_array();
	for (size_t i = 0; i < services->count; i++)
		(void)json_array_append_new(names, output_json_text(services->items[i]));
	output_json(json_pack("{s:o, s:o, s:o}", "topologyFile", output_json_text(path), "machine",
			      output_json_text(context->machine), "services", names));
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *path = option_text(context->options, "topologyfile");
	CLEANUP_STRV struct strv services = STRV_INIT;

	if (!ledger_component_each(context->ledger, add_name, &services, err))
		return false;
	if (!services.count)
		return error_set(
			err, ERROR_REFUSED,
			"no service is recorded as installed on this machine, and a topology without one makes an empty "
			"runbook; %s was not changed: name the services in it by hand for the first update",
			path);
	if (!topology_set_machine(path, context->machine, &services, err))
		return false;
	print_report(context, path, &services);
	return true;
}

const struct command command_settopology = {
	.name = "settopology",
	.summary = "Writes this machine's name and its installed services into a topology file",
	.description =
		"The entry of this machine, else one for localhost, is replaced or added; other machines, the backup script, comments and "
		"unknown elements stay. A file that is not there is made.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
