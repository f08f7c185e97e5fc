// SPDX-License-Identifier: MIT
#include "engine/generate.h"

#include <string.h>

#include "engine/commands/output.h"
#include "engine/commands/plan_options.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	{ .name = "runbookid",
	  .kind = OPTION_TEXT,
	  .value = "ID",
	  .required = true,
	  .help = "The id of the new runbook: letters, digits, `.`, `_`, `-`; at most 64" },
	{ .name = "topologyfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The topology: which machine has which service models" },
	{ .name = "servicemodelfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The service models of the package, usually DefaultServiceModelData.xml" },
	{ .name = "runbookfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The runbook to write; one that is there is replaced; - is standard output" },
	PLAN_OPTIONS,
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct generate_request *request,
			 const struct generate_report *report)
{
	if (strcmp(request->runbook_file, "-") == 0)
		return;
	if (context->json)
		output_json(json_pack("{s:o, s:o, s:I, s:I, s:o}", "runbookId", output_json_text(request->runbook_id),
				      "runbookFile", output_json_text(request->runbook_file), "steps",
				      (json_int_t)report->step_count, "manualSteps", (json_int_t)report->manual_count,
				      "packageType", output_json_text(report->package_type)));
	else if (!context->quiet)
		output_line("Runbook %s written to %s: %zu steps, %zu of them manual", request->runbook_id,
			    request->runbook_file, report->step_count, report->manual_count);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(generate_report_release) struct generate_report report = { 0 };
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_STRV struct strv include = STRV_INIT;
	struct generate_request request = {
		.runbook_id = option_text(context->options, "runbookid"),
		.topology_file = option_text(context->options, "topologyfile"),
		.service_model_file = option_text(context->options, "servicemodelfile"),
		.runbook_file = option_text(context->options, "runbookfile"),
		.package_path = option_text(context->options, "packagepath"),
	};
	bool done;

	plan_options_read(context->options, &include, &request);
	done = generate_runbook(&request, &report, &warnings, err);
	output_warnings(&warnings);
	if (done)
		print_report(context, &request, &report);
	return done;
}

const struct command command_generate = {
	.name = "generate",
	.summary = "Makes a runbook from a topology and the service models of a package",
	.description =
		"Writes the ordered list of steps that update, on every machine of the topology, the service models that topology "
		"and service-model file both name. The same input gives the same bytes.\n"
		"The package root, where the scripts are looked for as SERVICEMODEL/Scripts/FILENAME, is -packagepath, else the "
		"folder of the service-model file. Every problem is reported at once, and then nothing is written: a cycle of "
		"dependencies, a missing script, a service model twice on a machine, a bad id (exit 3), no steps at all (exit 7).",
	.options = options,
	.run = run,
};
