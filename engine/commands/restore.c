// SPDX-License-Identifier: MIT
#include "engine/commands/backup_option.h"
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "packages/apply.h"

static const struct option options[] = {
	{ .name = "target",
	  .kind = OPTION_FOLDER,
	  .value = "DIR",
	  .required = true,
	  .help = "The folder that apply replaced" },
	BACKUP_FOLDER_OPTION,
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(restore_result_release) struct restore_result result = { 0 };
	const char *folder;

	if (!backup_option_read(context, &folder, err) ||
	    !apply_restore(option_text(context->options, "target"), folder, &result, err))
		return false;
	if (context->json)
		output_json(json_pack("{s:o, s:o, s:b}", "target", output_json_text(result.target), "backup",
				      output_json_text(result.backup), "removed", result.is_removed));
	else if (!context->quiet)
		output_line(result.is_removed ? "%s is removed: there was none before" : "%s is what it was",
			    result.target);
	return true;
}

const struct command command_restore = {
	.name = "restore",
	.summary = "For step scripts: takes back what apply put into place",
	.description =
		"The target becomes, in one moment, what the backup says it was: every file, owner, mode and time. A target that was not there before "
		"is removed. A backup that is not complete, or is not to the last byte what was backed up, is refused (exit 7) and "
		"nothing is changed. May be run again.",
	.options = options,
	.run = run,
};
