// SPDX-License-Identifier: MIT
#include "engine/commands/help.h"

#include <string.h>

enum { HELP_WIDTH = 100, HELP_INDENT = 32 };

const struct help_entry help_exit_codes[] = {
	{ "0", "done: what was asked is true now" },
	{ "1", "the machine failed us: I/O, memory, full disk, damaged ledger" },
	{ "2", "wrong usage" },
	{ "3", "bad input: XML, package, topology; every problem is listed with file and line" },
	{ "4", "a step failed (or timed out)" },
	{ "5", "waiting for somebody: a manual step, another machine, a sign-off" },
	{ "6", "busy: another process holds this runbook" },
	{ "7", "refused: version, signature, drift, empty runbook" },
	{ "8", "unknown: a step's outcome cannot be known; decide with -rerunstep or -setstepcomplete" },
	{ "128+n", "ended by signal n; the running step goes on under its supervisor" },
	{ NULL, NULL },
};

const struct help_entry help_environment[] = {
	{ "RUNBOOK_LEDGER", "The ledger, unless -ledger is given." },
	{ "RUNBOOK_CONF", "The defaults file, instead of /etc/runbook/runbook.conf." },
	{ "XDG_STATE_HOME",
	  "Where the ledger of a user other than root is: $XDG_STATE_HOME/runbook/ledger.db; default $HOME/.local/state." },
	{ "NO_COLOR", "If set and not empty, nothing is coloured." },
	{ "SUDO_USER", "As root: who is named, beside root, with every decision in the ledger." },
	{ NULL, NULL },
};

const struct help_entry help_files[] = {
	{ "/var/lib/runbook/ledger.db", "The ledger of root." },
	{ "/etc/runbook/runbook.conf",
	  "Defaults: lines name=value, where name is that of an option; they hold for every verb that has it. "
	  "A line that begins with # is a comment." },
	{ "PACKAGE/RunbookWorkingFolder/ID/MACHINE/SERVICEMODEL/STEP/Log/",
	  "The logs of a step, one file per attempt." },
	{ "PACKAGE/RunbookWorkingFolder/ID/Backup/", "What the steps backed up." },
	{ "LEDGERFOLDER/packages/", "Packages that quickinstallall and devinstall extracted." },
	{ "LEDGERFOLDER/runbooks/", "Topologies and runbooks that quickinstallall and devinstall made." },
	{ NULL, NULL },
};

/* Appends a paragraph, broken at blanks; the cursor stands at `column`, further lines begin at `indent`. */
static void add_paragraph(const char *text, size_t column, size_t indent, struct strbuf *ret)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > indent && column + 1 + length > HELP_WIDTH) {
			strbuf_addf(ret, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			strbuf_add_char(ret, ' ');
			column++;
		}
		strbuf_add(ret, text, length);
		column += length;
		text += length + strspn(text + length, " ");
	}
	strbuf_add_char(ret, '\n');
}

/* "  NAME          TEXT" with the text broken in its column. */
static void add_entry(const char *name, const char *text, size_t indent, struct strbuf *ret)
{
	size_t column = 2 + strlen(name);

	strbuf_addf(ret, "  %s", name);
	if (column + 1 > indent) {
		strbuf_add_char(ret, '\n');
		column = 0;
	}
	strbuf_addf(ret, "%*s", (int)(indent - column), "");
	add_paragraph(text, indent, indent, ret);
}

static void add_entries(const struct help_entry *entries, size_t indent, struct strbuf *ret)
{
	for (; entries->name; entries++)
		add_entry(entries->name, entries->text, indent, ret);
}

void help_option_usage(const struct option *option, struct strbuf *ret)
{
	strbuf_addf(ret, "-%s", option->name);
	if (*option->value)
		strbuf_addf(ret, "=%s", option->value);
}

void help_usage(const struct command *command, struct strbuf *ret)
{
	const struct option *option = command->options;

	strbuf_addf(ret, "runbook %s", command->name);
	if (command->operands)
		strbuf_addf(ret, command->operand_min ? " %s" : " [%s]", command->operands);
	for (; option && *option->name; option++) {
		if (!option->required)
			continue;
		strbuf_add_char(ret, ' ');
		help_option_usage(option, ret);
	}
	strbuf_add_str(ret, " [-option]…");
}

static void add_options(const struct option *option, struct strbuf *ret)
{
	for (; option && *option->name; option++) {
		CLEANUP_STRBUF struct strbuf usage = STRBUF_INIT;
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		help_option_usage(option, &usage);
		strbuf_addf(&text, "%s%s.", option->help, option->required ? " (required)" : "");
		add_entry(usage.data, text.data, HELP_INDENT, ret);
	}
}

static void add_paragraphs(const char *text, struct strbuf *ret)
{
	CLEANUP_STRV struct strv paragraphs = STRV_INIT;

	strv_split(&paragraphs, text, "\n");
	for (size_t i = 0; i < paragraphs.count; i++) {
		strbuf_add_char(ret, '\n');
		add_paragraph(paragraphs.items[i], 0, 0, ret);
	}
}

void help_command(const struct command *command, struct strbuf *ret)
{
	strbuf_add_str(ret, "usage: ");
	help_usage(command, ret);
	strbuf_addf(ret, "\n\n%s: %s\n", command->name, command->summary);
	add_paragraphs(command->description, ret);
	if (command->options && *command->options->name) {
		strbuf_add_str(ret, "\nOptions:\n");
		add_options(command->options, ret);
	}
	strbuf_add_str(ret, "\nOptions of every verb:\n");
	add_options(option_common, ret);
}

void help_overview(struct strbuf *ret)
{
	strbuf_add_str(ret,
		       "usage: runbook VERB [-name=value]…\n\n"
		       "Updates the services of a machine from a deployable package, step by step, and never loses "
		       "its place.\n\nVerbs:\n");
	for (const struct command *const *command = command_table; *command; command++)
		add_entry((*command)->name, (*command)->summary, 20, ret);
	strbuf_add_str(ret, "\nExit codes:\n");
	add_entries(help_exit_codes, 20, ret);
	strbuf_add_str(ret, "\n`runbook help VERB` tells more about one, `man runbook` about all.\n");
}
