// SPDX-License-Identifier: MIT
#include "packages/apply.h"
#include "engine/commands/backup_option.h"
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	{ .name = "source",
	  .kind = OPTION_FILE,
	  .value = "FILE_OR_FOLDER",
	  .many = true,
	  .help = "An archive (zip, nupkg, tar, 7z) or a folder; may be given more than once" },
	{ .name = "target",
	  .kind = OPTION_FOLDER,
	  .value = "DIR",
	  .required = true,
	  .help = "The folder to replace; it need not be there, its parent must" },
	{ .name = "subfolder",
	  .kind = OPTION_TEXT,
	  .value = "PATH",
	  .help = "Take only what is below this folder of each source" },
	{ .name = "backuponly",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Only make the backup, for Backup scripts; a later apply finds and keeps it" },
	BACKUP_FOLDER_OPTION,
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct apply_result *result)
{
	if (context->json) {
		output_json(json_pack("{s:o, s:I, s:I, s:I, s:b, s:o, s:b}", "target", output_json_text(result->target),
				      "files", (json_int_t)result->files, "folders", (json_int_t)result->folders,
				      "bytes", (json_int_t)result->bytes, "wasThere", result->was_there, "backup",
				      output_json_text(result->backup), "backupMade", result->backup_made));
		return;
	}
	if (context->quiet)
		return;
	if (!option_flag(context->options, "backuponly", false))
		output_line("%s is in place: %llu files, %llu folders, %llu bytes", result->target,
			    (unsigned long long)result->files, (unsigned long long)result->folders,
			    (unsigned long long)result->bytes);
	if (!result->backup_made)
		output_line("the backup in %s is complete; kept as it is", result->backup);
	else
		output_line(result->was_there ? "what was in %s is kept in %s"
					      : "%s was not there, which is kept in %s",
			    result->target, result->backup);
}

static bool apply(const struct command_context *context, const struct apply_request *request, struct apply_result *ret,
		  struct error *err)
{
	bool backup_only = option_flag(context->options, "backuponly", false);

	if (backup_only == (request->sources->count != 0))
		return error_set(err, ERROR_USAGE, "apply needs -source=FILE_OR_FOLDER, or -backuponly without it");
	return backup_only ? apply_backup(request, ret, err) : apply_sources(request, ret, err);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(apply_result_release) struct apply_result result = { 0 };
	struct apply_request request = {
		.sources = option_texts(context->options, "source"),
		.subfolder = option_text(context->options, "subfolder"),
		.target = option_text(context->options, "target"),
	};

	if (!backup_option_read(context, &request.backup_folder, err) || !apply(context, &request, &result, err))
		return false;
	print_report(context, &result);
	return true;
}

const struct command command_apply = {
	.name = "apply",
	.summary = "For step scripts: puts a payload into place, whole or not at all",
	.description =
		"The target becomes what the sources hold, in one moment: whoever looks sees the old folder or the new one. What was there is "
		"first copied to the backup folder, with owners, modes and digests; a complete backup is never replaced, so that "
		"the step can be run again. restore takes it back. A Backup script can make the backup before anything is changed, with -backuponly.\n"
		"Of a NuGet package its own files (.nuspec, [Content_Types].xml, _rels, package/services/metadata) are left out. A file that is "
		"in two sources, a link or a device is refused.\n"
		"What is in the target already keeps its owner, group and mode; what is new belongs to whom its folder belongs to, 0755 or 0644, "
		"with nothing for group or others where the target gives them nothing. Set-id bits are never kept. The disk must have "
		"room for the backup and for the new folder.",
	.options = options,
	.run = run,
};
