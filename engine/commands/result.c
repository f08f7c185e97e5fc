// SPDX-License-Identifier: MIT
#include "engine/result.h"

#include <limits.h>
#include <stdlib.h>

#include "engine/commands/verbs.h"

static bool run(const struct command_context *context, struct error *err)
{
	const char *path = getenv("RUNBOOK_RESULT");

	if (!path || !*path)
		return error_set(err, ERROR_USAGE,
				 "this is no step: result is for the scripts of a package, which runbook execute runs "
				 "(RUNBOOK_RESULT tells it where to write)");
	return result_add(path, context->operands->items, err);
}

const struct command command_result = {
	.name = "result",
	.summary = "For step scripts: hands a result to the engine",
	.description =
		"reboot=next: the machine is to be restarted, then the run goes on with the next step; reboot=same: with this one again. "
		"skip=REASON: the step has nothing to do here. output.NAME=VALUE: kept as the step's output, in status and export; the last one "
		"of a name counts. It counts once the step ends with exit code 0.",
	.operands = "NAME=VALUE...",
	.operand_min = 1,
	.operand_max = UINT_MAX,
	.run = run,
};
