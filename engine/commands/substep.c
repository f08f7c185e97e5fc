// SPDX-License-Identifier: MIT
#include "engine/substep/sub_step.h"

#include <limits.h>

#include "engine/commands/verbs.h"
#include "engine/substep/sub_step_defined.h"

static const struct option options[] = {
	{ .name = "defined",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Run the sub-steps that the step's DynamicStepDefinition names, in their order; a COMMAND comes first" },
	{ .name = "acceptchange",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "With -defined: run scripts that changed since the import" },
	OPTION_END,
};

/* Outside of a step there is nothing to open: the verb says so itself. */
static enum command_needs needs(const struct option_values *values)
{
	return sub_step_is_inside() ? NEEDS_LEDGER_WRITE : NEEDS_NOTHING;
}

static bool run_defined(const struct command_context *context, const struct sub_step_surroundings *inside,
			struct error *err)
{
	const struct sub_step_defined_request request = {
		.inside = inside,
		.first = context->operands->items,
		.umask = context->umask,
		.quiet = context->quiet,
		.accept_change = option_flag(context->options, "acceptchange", false),
	};

	return sub_step_run_defined(context->ledger, &request, err);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP_FREE char *group = NULL;
	CLEANUP_FREE char *name = NULL;
	struct sub_step_surroundings inside;
	struct sub_step_request request = {
		.inside = &inside, .script_sha256 = "", .umask = context->umask, .quiet = context->quiet
	};

	if (!sub_step_read_surroundings(&inside, err))
		return false;
	if (option_flag(context->options, "defined", false))
		return run_defined(context, &inside, err);
	if (context->operands->count < 2)
		return error_set(err, ERROR_USAGE, "substep needs a name and a command: GROUP/NAME -- COMMAND...");
	if (!sub_step_parse_name(context->operands->items[0], &group, &name, err))
		return false;
	request.group = group;
	request.name = name;
	request.argv = context->operands->items + 1;
	return sub_step_run(context->ledger, &request, err);
}

const struct command command_substep = {
	.name = "substep",
	.summary = "For step scripts: runs a named part of the step, once",
	.description =
		"The command runs where the script is, with its output in the step's log; its exit code is passed on. Start, end and "
		"state are in the ledger while the step runs: see status and the view DataUpgradeStatus. Sub-steps are numbered as they "
		"are first started: 5.1, 5.2 ... Within a sub-step others may be started; they belong to it.\n"
		"A sub-step that has completed is not run again when the step is, unless -rerunstep=5.3 names it or one before it. So "
		"each must be complete in itself.\n"
		"Exit codes of its own: 126 and 127 if the command could not be started, 6 if the same sub-step is running, 7 if the step "
		"has ended, 1 if it could not be recorded, 2 outside of a step.",
	.operands = "GROUP/NAME -- COMMAND...",
	.operand_max = UINT_MAX,
	.options = options,
	.needs = needs,
	.run = run,
};
