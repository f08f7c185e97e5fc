// SPDX-License-Identifier: MIT
#include "engine/commands/backup_option.h"

#include <stdlib.h>

bool backup_option_read(const struct command_context *context, const char **ret, struct error *err)
{
	const char *folder = option_text(context->options, "backupfolder");

	if (!folder)
		folder = getenv("RUNBOOK_BACKUP_FOLDER");
	if (!folder || !*folder)
		return error_set(err, ERROR_USAGE,
				 "no backup folder: %s is for the scripts of steps, which have one in "
				 "RUNBOOK_BACKUP_FOLDER; elsewhere name it with -backupfolder=DIR",
				 context->command->name);
	*ret = folder;
	return true;
}
