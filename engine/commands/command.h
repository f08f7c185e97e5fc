// SPDX-License-Identifier: MIT
/*
 * Verbs are data: one file per verb with one `struct command`. main finds it, checks the options against its table, opens what
 * it declares to need, runs it, prints its error and turns the code into the exit code. A verb never parses, opens the ledger or exits
 * by itself.
 */
#pragma once

#include <sys/types.h>

#include "engine/commands/option.h"
#include "runbook/base/error.h"
#include "runbook/base/strv.h"
#include "steps/ledger.h"

enum command_needs { NEEDS_NOTHING, NEEDS_LEDGER_READ, NEEDS_LEDGER_WRITE };

struct command_context {
	const struct command *command;
	const struct option_values *options;
	const struct strv *operands; /* words that are no options, after the verb */
	struct ledger *ledger;       /* open as declared; NULL for NEEDS_NOTHING */
	const char *machine;         /* -machine=, else the host's name */
	const char *user;            /* who runs us: the login's name, "root (alice)" by way of sudo */
	const char *repeat;          /* caller_repeat_options() */
	const char *catalogue;       /* the admin's failure catalogue, which may be missing */
	mode_t umask;                /* the caller's, for what is run on its behalf: ours is 077 */
	bool json;
	bool quiet;
};

struct command {
	const char *name;        /* "generate", "package extract" */
	const char *summary;     /* one line, for the list of verbs */
	const char *description; /* paragraphs, each one line, for `help VERB` and the man page */
	const char *operands;    /* usage of the operands: "FILE"; NULL: none allowed */
	unsigned operand_min;
	unsigned operand_max;
	const struct option *options; /* ends with an empty name; NULL: only the common ones */
	enum command_needs (*needs)(const struct option_values *options); /* NULL: NEEDS_NOTHING */
	bool (*run)(const struct command_context *context, struct error *err);
};

/* Every verb, in the order of the help; ends with NULL. */
extern const struct command *const command_table[];

/* `needs` for the usual cases. */
enum command_needs command_reads_ledger(const struct option_values *options);
enum command_needs command_writes_ledger(const struct option_values *options);

/*
 * The verb that the words begin with (one or two words, without regard to case), and how many words that are. NULL if there is none: ERROR_USAGE that
 * names the nearest one. `words` ends with NULL and is not empty.
 */
const struct command *command_find(char *const *words, size_t *ret_used, struct error *err);

/* Whether any verb has an option of that name. */
bool command_any_has_option(const char *name);

/* The names of all options of all verbs, each once. */
void command_option_names(struct strv *ret);
