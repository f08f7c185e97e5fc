// SPDX-License-Identifier: MIT
#include "engine/report/bundle.h"

#include "engine/commands/output.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "out",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The archive to write (tar.gz); one that is there is replaced" },
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	const char *path = option_text(context->options, "out");

	if (!bundle_write(context->ledger, id, path, err))
		return false;
	if (context->json)
		output_json(json_pack("{s:o, s:o}", "runbookId", output_json_text(id), "file", output_json_text(path)));
	else if (!context->quiet)
		output_line("Bundle of runbook %s written to %s", id, path);
	return true;
}

const struct command command_bundle = {
	.name = "bundle",
	.summary = "Packs what helps to find out why a runbook failed, without secrets, into one archive",
	.description =
		"The runbook's rows of the ledger, its report, the exported runbook, its logs (of a long one the last 16 MiB), and facts about the machine: version, "
		"disks, memory, processes. CONTENTS.txt lists each file with its SHA-256. Everything is masked; a last look over what would be written refuses "
		"the bundle (exit 7) if it still finds what looks like a secret.\n"
		"Works at any time. But for the facts the same ledger and logs give the same bytes.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
