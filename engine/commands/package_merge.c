// SPDX-License-Identifier: MIT
#include "engine/package/package_merge.h"

#include <string.h>
#include <strings.h>

#include "engine/commands/output.h"
#include "engine/commands/trust_options.h"
#include "engine/commands/verbs.h"

enum { PACKAGE_LIMIT = 64 };

static const struct option options[] = {
	{ .name = "out",
	  .kind = OPTION_FILE,
	  .value = "FILE.zip",
	  .required = true,
	  .help = "The package to make; must not be there yet" },
	TRUST_OPTIONS,
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct package_merge_report *report)
{
	const char *out = option_text(context->options, "out");

	if (context->json)
		output_json(json_pack("{s:o, s:I, s:I, s:I, s:I}", "package", output_json_text(out), "serviceModels",
				      (json_int_t)report->service_models, "modules", (json_int_t)report->modules,
				      "files", (json_int_t)report->files, "bytes", (json_int_t)report->bytes));
	else if (!context->quiet)
		output_line(
			"%s made of %zu packages: %zu service models, %zu modules, %llu files, %llu bytes; it is not signed",
			out, context->operands->count, report->service_models, report->modules,
			(unsigned long long)report->files, (unsigned long long)report->bytes);
}

static bool run(const struct command_context *context, struct error *err)
{
	const struct package_merge_request request = { .packages = context->operands,
						       .out = option_text(context->options, "out"),
						       .trust = trust_options_read(context->options) };
	const char *ending = strrchr(request.out, '.');
	struct package_merge_report report = { 0 };

	if (!ending || strcasecmp(ending, ".zip") != 0)
		return error_set(err, ERROR_USAGE, "-out=%s: a zip file is made; let its name end in .zip",
				 request.out);
	if (!package_merge(&request, &report, err))
		return false;
	print_report(context, &report);
	return true;
}

const struct command command_package_merge = {
	.name = "package merge",
	.summary = "Makes one package of several",
	.description =
		"Each PACKAGE is an archive or the folder it was extracted to. The new one has the service models, modules and files of all of "
		"them. Of what is the same in several it has one. What differs is a conflict: a file, a service model, a module in two versions, the "
		"platform. All conflicts are named (exit 3), and then nothing is written. In everything else the first package counts.\n"
		"A service model that only one of them selects for update is taken from that one. DevInstallServiceModelData.xml is made only if "
		"every package has it. The new package is not signed: see package sign.",
	.operands = "PACKAGE PACKAGE…",
	.operand_min = 2,
	.operand_max = PACKAGE_LIMIT,
	.options = options,
	.run = run,
};
