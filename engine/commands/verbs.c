// SPDX-License-Identifier: MIT
#include "engine/commands/verbs.h"

#include <stddef.h>

const struct command *const command_table[] = {
	&command_generate,
	&command_import,
	&command_execute,
	&command_executestep,
	&command_executerestore,
	&command_signoff,
	&command_export,
	&command_mergestepdata,
	&command_list,
	&command_settopology,
	&command_quickinstallall,
	&command_devinstall,
	&command_package_inspect,
	&command_package_verify,
	&command_package_extract,
	&command_package_sign,
	&command_package_merge,
	&command_apply,
	&command_restore,
	&command_substep,
	&command_result,
	&command_status,
	&command_attach,
	&command_stop,
	&command_logs,
	&command_report,
	&command_bundle,
	&command_ledger_check,
	&command_ledger_backup,
	&command_help,
	NULL,
};
