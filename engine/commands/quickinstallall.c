// SPDX-License-Identifier: MIT
#include "engine/commands/install_options.h"
#include "engine/commands/verbs.h"

static bool run(const struct command_context *context, struct error *err)
{
	return install_run(context, INSTALL_ALL, err);
}

const struct command command_quickinstallall = {
	.name = "quickinstallall",
	.summary = "Installs a package in one go: generate, import, execute",
	.description =
		"PACKAGE is an archive or the folder it was extracted to. An archive is extracted beside the ledger, once. Every service "
		"model of DefaultServiceModelData.xml is updated on this machine.\n"
		"Called again after a failure it goes on with the same runbook and runs the failed step again; called again after "
		"success it does nothing. All that holds for execute holds here.",
	.operands = "PACKAGE",
	.operand_max = 1,
	.options = install_options,
	.needs = command_writes_ledger,
	.run = run,
};
