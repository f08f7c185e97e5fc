// SPDX-License-Identifier: MIT
#include <string.h>

#include "engine/commands/help.h"

/* The words before the first verb's cases. COMP_WORDS is split at `=` by bash, so the value is a word of its own behind it. */
static const char head[] =
	"# bash completion for runbook; made by `runbook help -format=bash`\n"
	"_runbook()\n"
	"{\n"
	"\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option= verb options\n"
	"\n"
	"\tverb=${COMP_WORDS[1],,}\n"
	"\tif [[ $current == = ]]; then\n"
	"\t\toption=$before\n"
	"\t\tcurrent=\n"
	"\telif [[ $before == = ]]; then\n"
	"\t\toption=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\telif [[ $before == -* && $current != -* ]]; then\n"
	"\t\toption=$before\n"
	"\tfi\n"
	"\toption=${option,,}\n"
	"\toption=${option#-}\n"
	"\toption=${option#-}\n";

static const char tail[] = "\tCOMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
			   "\tif [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then\n"
			   "\t\tcompopt -o nospace 2>/dev/null\n"
			   "\tfi\n"
			   "\tif [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
			   "\t\tcompopt -o filenames 2>/dev/null\n"
			   "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
			   "\tfi\n"
			   "}\n"
			   "complete -F _runbook runbook AXUpdateInstaller.exe\n";

/* The first words of the verbs, each once. */
static void list_first_words(struct strv *ret)
{
	for (const struct command *const *command = command_table; *command; command++) {
		CLEANUP_STRV struct strv parts = STRV_INIT;

		strv_split(&parts, (*command)->name, " ");
		if (!strv_contains_nocase(ret, parts.items[0]))
			strv_push(ret, parts.items[0]);
	}
}

/* A first word that has second words behind it: they are offered, and make the verb together. */
static void add_group(const char *first, struct strbuf *ret)
{
	size_t length = strlen(first);
	CLEANUP_STRBUF struct strbuf seconds = STRBUF_INIT;

	for (const struct command *const *command = command_table; *command; command++) {
		if (strncmp((*command)->name, first, length) == 0 && (*command)->name[length] == ' ')
			strbuf_add_str(&seconds, (*command)->name + length);
	}
	if (seconds.length)
		strbuf_addf(ret,
			    "\tif [[ $verb == %s && $COMP_CWORD -eq 2 ]]; then\n\t\toptions=\"%s\"\n"
			    "\telif [[ $verb == %s ]]; then\n\t\tverb=\"%s ${COMP_WORDS[2],,}\"\n\tfi\n",
			    first, seconds.data + 1, first, first);
}

static void add_verbs(struct strbuf *ret)
{
	CLEANUP_STRV struct strv words = STRV_INIT;

	list_first_words(&words);
	strbuf_add_str(ret, "\tif [[ $COMP_CWORD -eq 1 || $verb == help ]]; then\n\t\toptions=\"");
	for (size_t i = 0; i < words.count; i++)
		strbuf_addf(ret, "%s%s", i ? " " : "", words.items[i]);
	strbuf_add_str(ret, "\"\n\tfi\n");
	for (size_t i = 0; i < words.count; i++)
		add_group(words.items[i], ret);
}

/* The runbooks are what `list` shows between its first heading and the next empty line. */
static void add_runbook_case(struct strbuf *ret)
{
	strbuf_add_str(ret, "\trunbookid)\n"
			    "\t\toptions=$(\"${COMP_WORDS[0]}\" list 2>/dev/null | sed -n '3,/^$/p')\n"
			    "\t\t;;\n");
}

/* The words that complete an option's value; none for text that is anybody's guess. */
static void add_value_case(const struct option *option, struct strbuf *ret)
{
	const char *choices = option->kind == OPTION_FLAG ? "true|false" : option->value;

	if (!strchr(choices, '|'))
		return;
	strbuf_addf(ret, "\t%s)\n\t\toptions=\"", option->name);
	for (; *choices; choices++)
		strbuf_add_char(ret, *choices == '|' ? ' ' : *choices);
	strbuf_add_str(ret, "\"\n\t\t;;\n");
}

static void add_values(struct strbuf *ret)
{
	CLEANUP_STRV struct strv done = STRV_INIT;

	strbuf_add_str(ret, "\tcase $option in\n\t'') ;;\n");
	for (const struct command *const *command = command_table; *command; command++) {
		const struct option *options[OPTION_LIMIT];
		size_t count = option_list((*command)->options, options);

		for (size_t i = 0; i < count; i++) {
			if (strv_contains_nocase(&done, options[i]->name))
				continue;
			strv_push(&done, options[i]->name);
			if (strcmp(options[i]->name, "runbookid") == 0)
				add_runbook_case(ret);
			else
				add_value_case(options[i], ret);
		}
	}
	strbuf_add_str(ret, "\tesac\n");
}

static void add_command_case(const struct command *command, struct strbuf *ret)
{
	const struct option *options[OPTION_LIMIT];
	size_t count = option_list(command->options, options);

	strbuf_addf(ret, "\t\t'%s')\n\t\t\toptions=\"", command->name);
	for (size_t i = 0; i < count; i++)
		strbuf_addf(ret, "%s-%s%s", i ? " " : "", options[i]->name, *options[i]->value ? "=" : "");
	strbuf_add_str(ret, "\"\n\t\t\t;;\n");
}

void help_bash(struct strbuf *ret)
{
	strbuf_add_str(ret, head);
	add_verbs(ret);
	strbuf_add_str(ret, "\tif [[ $current == -* ]]; then\n\t\tcase $verb in\n");
	for (const struct command *const *command = command_table; *command; command++)
		add_command_case(*command, ret);
	strbuf_add_str(ret, "\t\tesac\n\tfi\n");
	add_values(ret);
	strbuf_add_str(ret, tail);
}
