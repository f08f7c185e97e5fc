// SPDX-License-Identifier: MIT
#include "engine/commands/install_options.h"

#include "engine/commands/plan_options.h"
#include "engine/commands/run_options.h"
#include "engine/commands/trust_options.h"

const struct option install_options[] = {
	{ .name = "packagepath",
	  .kind = OPTION_FILE,
	  .value = "PATH",
	  .help = "The package, archive or folder, if it is not the operand; default the current folder" },
	{ .name = "runbookid",
	  .kind = OPTION_TEXT,
	  .value = "ID",
	  .help = "The id of the runbook; default the package's name and the beginning of its digest" },
	{ .name = "topologyfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "The topology; default every service model of the package, on this machine" },
	UNTIL_STEP_OPTION,
	PLAN_OPTIONS,
	TRUST_FOLDER_OPTION,
	RUN_OPTIONS,
	OPTION_END,
};

static bool choose_package(const struct command_context *context, const char **ret, struct error *err)
{
	const char *option =
		option_is_given(context->options, "packagepath") ? option_text(context->options, "packagepath") : NULL;
	const char *operand = context->operands->count ? context->operands->items[0] : NULL;

	if (option && operand)
		return error_set(err, ERROR_USAGE, "the package is named twice: %s and -packagepath=%s", operand,
				 option);
	*ret = operand ? operand : option ? option : ".";
	return true;
}

bool install_run(const struct command_context *context, enum install_kind kind, struct error *err)
{
	CLEANUP_STRV struct strv include = STRV_INIT;
	struct install_request request = {
		.kind = kind,
		.runbook_id = option_text(context->options, "runbookid"),
		.trust = trust_options_read(context->options),
	};

	if (!choose_package(context, &request.package, err) || !run_options_read(context, &request.run, err))
		return false;
	plan_options_read(context->options, &include, &request.plan);
	request.plan.topology_file = option_text(context->options, "topologyfile");
	request.run.until = (uint32_t)option_number(context->options, "untilstep", 0);
	request.run.without_backup = !request.plan.with_backup;
	return install_package(context->ledger, &request, err);
}
