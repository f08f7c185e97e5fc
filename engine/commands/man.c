// SPDX-License-Identifier: MIT
#include <string.h>

#include "engine/commands/help.h"

/* Text for roff: backslashes and hyphens as they are, no line taken for a request. */
static void add_roff(const char *text, struct strbuf *ret)
{
	if (*text == '.' || *text == '\'')
		strbuf_add_str(ret, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			strbuf_add_str(ret, "\\e");
		else if (*text == '-')
			strbuf_add_str(ret, "\\-");
		else if (strncmp(text, "…", strlen("…")) == 0) {
			strbuf_add_str(ret, "\\|.\\|.\\|.");
			text += strlen("…") - 1;
		} else
			strbuf_add_char(ret, *text);
	}
}

static void add_item(const char *term, const char *text, struct strbuf *ret)
{
	strbuf_add_str(ret, ".TP\n.B ");
	add_roff(term, ret);
	strbuf_add_char(ret, '\n');
	add_roff(text, ret);
	strbuf_add_char(ret, '\n');
}

static void add_entries(const struct help_entry *entries, struct strbuf *ret)
{
	for (; entries->name; entries++)
		add_item(entries->name, entries->text, ret);
}

static void add_options(const struct option *option, struct strbuf *ret)
{
	for (; option && *option->name; option++) {
		CLEANUP_STRBUF struct strbuf usage = STRBUF_INIT;
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		help_option_usage(option, &usage);
		strbuf_addf(&text, "%s%s.", option->help, option->required ? " (required)" : "");
		add_item(usage.data, text.data, ret);
	}
}

static void add_command(const struct command *command, struct strbuf *ret)
{
	CLEANUP_STRBUF struct strbuf usage = STRBUF_INIT;
	CLEANUP_STRV struct strv paragraphs = STRV_INIT;

	strbuf_add_str(ret, ".SS ");
	add_roff(command->name, ret);
	strbuf_add_str(ret, "\n.B ");
	help_usage(command, &usage);
	add_roff(usage.data, ret);
	strbuf_add_str(ret, "\n.PP\n");
	add_roff(command->summary, ret);
	strbuf_add_str(ret, ".\n");
	strv_split(&paragraphs, command->description, "\n");
	for (size_t i = 0; i < paragraphs.count; i++) {
		strbuf_add_str(ret, ".PP\n");
		add_roff(paragraphs.items[i], ret);
		strbuf_add_char(ret, '\n');
	}
	add_options(command->options, ret);
}

static void add_head(struct strbuf *ret)
{
	strbuf_add_str(ret,
		       ".TH RUNBOOK 1 \"\" \"runbook " RUNBOOK_VERSION "\" \"Runbook\"\n"
		       ".ad l\n.nh\n.SH NAME\n"
		       "runbook, AXUpdateInstaller.exe \\- update services from a deployable package, step by step\n"
		       ".SH SYNOPSIS\n"
		       ".B runbook\n.I VERB\n.RI [\\-name=value]\\|.\\|.\\|.\n"
		       ".br\n.B runbook help\n.RI [ VERB ]\n"
		       ".br\n.B runbook \\-\\-version\n"
		       ".SH DESCRIPTION\n");
	add_roff(
		"A deployable package is an archive of payload and step scripts. generate makes a runbook, the ordered "
		"steps, from its service-model file and the topology of the machines; import checks it and records it in "
		"the ledger; execute runs it step by step.",
		ret);
	strbuf_add_str(ret, "\n.PP\n");
	add_roff("A step outlives the program: whatever becomes of the terminal or of runbook itself, the next execute "
		 "takes up the running step or reads how it ended.",
		 ret);
	strbuf_add_str(ret, "\n.PP\n");
	add_roff(
		"Option names have no case. -name=value, --name=value, -name value and --name value are the same; a flag "
		"may stand alone or have the value true or false. -- ends the options. There is never a question.",
		ret);
	strbuf_add_char(ret, '\n');
}

void help_man(struct strbuf *ret)
{
	add_head(ret);
	strbuf_add_str(ret, ".SH VERBS\n");
	for (const struct command *const *command = command_table; *command; command++)
		add_command(*command, ret);
	strbuf_add_str(ret, ".SH OPTIONS OF EVERY VERB\n");
	add_options(option_common, ret);
	strbuf_add_str(ret, ".SH EXIT STATUS\n");
	add_entries(help_exit_codes, ret);
	strbuf_add_str(ret, ".SH ENVIRONMENT\n");
	add_entries(help_environment, ret);
	strbuf_add_str(ret, ".SH FILES\n");
	add_entries(help_files, ret);
}
