// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/trust_options.h"
#include "engine/commands/verbs.h"
#include "engine/extract_progress.h"
#include "runbook/base/fs.h"

static const struct option options[] = {
	{ .name = "target",
	  .kind = OPTION_FOLDER,
	  .value = "DIR",
	  .required = true,
	  .help = "The folder to make; it must not be there yet, its parent must" },
	TRUST_OPTIONS,
	OPTION_END,
};

static void print_report(const struct command_context *context, const char *target, const struct extract_result *result)
{
	const char *archive = context->operands->items[0];

	if (context->json)
		output_json(json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}", "archive", output_json_text(archive), "folder",
				      output_json_text(target), "format", output_json_text(result->format), "files",
				      (json_int_t)result->files, "folders", (json_int_t)result->folders, "bytes",
				      (json_int_t)result->bytes));
	else if (!context->quiet)
		output_line("%s extracted to %s: %llu files, %llu folders, %llu bytes (%s)", archive, target,
			    (unsigned long long)result->files, (unsigned long long)result->folders,
			    (unsigned long long)result->bytes, result->format);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP_FREE char *target = fs_absolute(option_text(context->options, "target"));
	CLEANUP(extract_result_release) struct extract_result result = { 0 };
	const struct trust trust = trust_options_read(context->options);
	CLEANUP(extract_progress_end) struct extract_progress_line line = extract_progress_begin(context->quiet);
	const struct extract_request request = { context->operands->items[0], target, &extract_default_limits,
						 extract_progress_show, &line };

	if (!trusted_archive_unpack(&request, &trust, &result, err))
		return false;
	extract_progress_end(&line);
	print_report(context, target, &result);
	return true;
}

const struct command command_package_extract = {
	.name = "package extract",
	.summary = "Unpacks a package into a new folder",
	.description =
		"Zip, nupkg, 7z, and tar with gzip, xz, zstd or bzip2. The folder appears whole or not at all. An archive that "
		"would write outside it, or holds links, devices, encrypted or doubled entries, is refused as a whole (exit 7).\n"
		"If there is a signature FILE.p7s, it is checked: one that does not fit the archive refuses it (exit 7).",
	.operands = "FILE",
	.operand_min = 1,
	.operand_max = 1,
	.options = options,
	.run = run,
};
