// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "steps/maintenance.h"

static const struct option options[] = {
	{ .name = "target",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The copy, which must not exist" },
	OPTION_END,
};

static bool run(const struct command_context *context, struct error *err)
{
	const char *target = option_text(context->options, "target");

	if (!ledger_backup(context->ledger, target, err))
		return false;
	if (context->json)
		output_json(json_pack("{s:o, s:o}", "ledger", output_json_text(ledger_path(context->ledger)), "target",
				      output_json_text(target)));
	else if (!context->quiet)
		console_note("%s is a copy of %s", target, ledger_path(context->ledger));
	return true;
}

const struct command command_ledger_backup = {
	.name = "ledger backup",
	.summary = "Copies the ledger while it is in use",
	.description =
		"The copy is of one moment, whatever others write meanwhile, and can be put in the place of the ledger when nothing runs.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
