// SPDX-License-Identifier: MIT
#include "engine/commands/command.h"

#include <string.h>
#include <strings.h>

#include "engine/commands/nearest.h"
#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"

enum command_needs command_reads_ledger(const struct option_values *options)
{
	return NEEDS_LEDGER_READ;
}

enum command_needs command_writes_ledger(const struct option_values *options)
{
	return NEEDS_LEDGER_WRITE;
}

static const struct command *find_name(const char *name)
{
	for (const struct command *const *command = command_table; *command; command++) {
		if (strcasecmp((*command)->name, name) == 0)
			return *command;
	}
	return NULL;
}

/* The first word is only the beginning of verbs of two words: "package". */
static bool begins_verbs(const char *word)
{
	size_t length = strlen(word);

	for (const struct command *const *command = command_table; *command; command++) {
		const char *name = (*command)->name;

		if (strncasecmp(name, word, length) == 0 && name[length] == ' ')
			return true;
	}
	return false;
}

static const struct command *unknown(const char *typed, struct error *err)
{
	CLEANUP_STRV struct strv names = STRV_INIT;

	for (const struct command *const *command = command_table; *command; command++)
		strv_push(&names, (*command)->name);
	error_set(err, ERROR_USAGE, "unknown verb %s; the nearest is %s (runbook help lists all)", typed,
		  nearest_name(typed, &names));
	return NULL;
}

/* Of verbs of two words the first alone: which second words there are says more than the nearest of all verbs. */
static const struct command *incomplete(const char *word, struct error *err)
{
	CLEANUP_STRBUF struct strbuf words = STRBUF_INIT;
	size_t length = strlen(word);

	for (const struct command *const *command = command_table; *command; command++) {
		const char *name = (*command)->name;

		if (strncasecmp(name, word, length) == 0 && name[length] == ' ')
			strbuf_addf(&words, "%s%s", words.length ? ", " : "", name + length + 1);
	}
	error_set(err, ERROR_USAGE, "%s needs a second word: %s", word, words.data);
	return NULL;
}

const struct command *command_find(char *const *words, size_t *ret_used, struct error *err)
{
	bool has_second = words[1] && words[1][0] != '-';
	CLEANUP_FREE char *both = has_second ? xasprintf("%s %s", words[0], words[1]) : xstrdup(words[0]);
	const struct command *command = find_name(both);

	*ret_used = has_second ? 2 : 1;
	if (!command) {
		command = find_name(words[0]);
		*ret_used = 1;
	}
	if (command)
		return command;
	if (!begins_verbs(words[0]))
		return unknown(words[0], err);
	return has_second ? unknown(both, err) : incomplete(words[0], err);
}

void command_option_names(struct strv *ret)
{
	for (const struct command *const *command = command_table; *command; command++) {
		const struct option *options[OPTION_LIMIT];
		size_t count = option_list((*command)->options, options);

		for (size_t i = 0; i < count; i++) {
			if (!strv_contains_nocase(ret, options[i]->name))
				strv_push(ret, options[i]->name);
		}
	}
}

bool command_any_has_option(const char *name)
{
	for (const struct command *const *command = command_table; *command; command++) {
		if (option_find((*command)->options, name, strlen(name)))
			return true;
	}
	return false;
}
