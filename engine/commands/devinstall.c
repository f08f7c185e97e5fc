// SPDX-License-Identifier: MIT
#include "engine/commands/install_options.h"
#include "engine/commands/verbs.h"

static bool run(const struct command_context *context, struct error *err)
{
	return install_run(context, INSTALL_DEV, err);
}

const struct command command_devinstall = {
	.name = "devinstall",
	.summary = "The same as quickinstallall, with the service models for a developer's machine",
	.description = "Takes DevInstallServiceModelData.xml of the package; one that has none is refused (exit 7).",
	.operands = "PACKAGE",
	.operand_max = 1,
	.options = install_options,
	.needs = command_writes_ledger,
	.run = run,
};
