// SPDX-License-Identifier: MIT
/*
 * Help, man page and completion, all made from the tables of verbs and options, so that they cannot disagree. Pure: text is appended.
 */
#pragma once

#include "engine/commands/command.h"
#include "runbook/base/strbuf.h"

/* `runbook help`: the verbs and the exit codes. */
void help_overview(struct strbuf *ret);

/* `runbook help VERB`. */
void help_command(const struct command *command, struct strbuf *ret);

/* runbook(1) in the man macros. */
void help_man(struct strbuf *ret);

/* Completion for bash. */
void help_bash(struct strbuf *ret);

/* "runbook generate -runbookid=ID … [-option]…": the required options are spelled out. */
void help_usage(const struct command *command, struct strbuf *ret);

/* "-runbookid=ID"; "-json", or "-backup=true|false" for a flag whose table says so. */
void help_option_usage(const struct option *option, struct strbuf *ret);

struct help_entry {
	const char *name; /* NULL ends a list */
	const char *text;
};

extern const struct help_entry help_exit_codes[];
extern const struct help_entry help_environment[];
extern const struct help_entry help_files[];
