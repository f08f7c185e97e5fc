// SPDX-License-Identifier: MIT
/*
 * Where the verbs for step scripts keep what they replace: -backupfolder, else what the engine told the step.
 */
#pragma once

#include "engine/commands/command.h"

#define BACKUP_FOLDER_OPTION                                                                              \
	{                                                                                                 \
		.name = "backupfolder", .kind = OPTION_FOLDER, .value = "DIR",                            \
		.help = "Where the backup is; default RUNBOOK_BACKUP_FOLDER, which every step script has" \
	}

/* ERROR_USAGE: neither is there. The text lives as long as the values and the environment. */
bool backup_option_read(const struct command_context *context, const char **ret, struct error *err);
