// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "engine/commands/help.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	{ .name = "format",
	  .kind = OPTION_TEXT,
	  .value = "text|man|bash",
	  .help = "As text, or everything as the man page runbook(1) or as completion for bash" },
	OPTION_END,
};

static bool add_text(const struct strv *words, struct strbuf *ret, struct error *err)
{
	const struct command *command;
	size_t used;

	if (!words->count) {
		help_overview(ret);
		return true;
	}
	command = command_find(words->items, &used, err);
	if (!command)
		return false;
	help_command(command, ret);
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *format = option_text(context->options, "format");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (format && strcmp(format, "man") == 0)
		help_man(&text);
	else if (format && strcmp(format, "bash") == 0)
		help_bash(&text);
	else if (!add_text(context->operands, &text, err))
		return false;
	(void)fputs(text.data, stdout);
	return true;
}

const struct command command_help = {
	.name = "help",
	.summary = "Lists the verbs, or tells about one",
	.description = "The same text comes with `runbook VERB -help`.",
	.operands = "VERB",
	.operand_max = 2,
	.options = options,
	.run = run,
};
