// SPDX-License-Identifier: MIT
/*
 * From the words of the command line to a verb, and from its error to the exit code.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/commands/caller.h"
#include "engine/commands/command.h"
#include "engine/commands/help.h"
#include "engine/commands/nearest.h"
#include "engine/commands/output.h"
#include "runbook/base/problem.h"
#include "runbook/names.h"

static mode_t caller_umask;

/* A file that is opened later must never take the place of a closed standard descriptor. */
static bool open_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

/* A name in the defaults file that no verb knows is a slip of the pen that would otherwise never show. */
static bool check_default_names(const struct option_defaults *defaults, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_STRV struct strv names = STRV_INIT;

	command_option_names(&names);
	for (size_t i = 0; i < defaults->count; i++) {
		const struct option_default *item = &defaults->items[i];

		if (!command_any_has_option(item->name))
			problem_add(&problems, defaults->file, item->line,
				    "no verb has an option -%s; the nearest is -%s", item->name,
				    nearest_name(item->name, &names));
	}
	return problem_list_none(&problems, ERROR_INPUT, err);
}

static bool check_operands(const struct command *command, const struct option_values *values, struct error *err)
{
	const struct strv *operands = option_operands(values);
	const char *usage = command->operands ? command->operands : "no further words";

	if (operands->count && !command->operand_max && option_find(command->options, "runbookid", 9))
		return error_set(err, ERROR_USAGE, "unexpected word %s: a runbook is named with -runbookid=ID",
				 operands->items[0]);
	if (operands->count > command->operand_max)
		return error_set(err, ERROR_USAGE, "unexpected word %s: %s takes %s",
				 operands->items[command->operand_max], command->name, usage);
	if (operands->count < command->operand_min)
		return error_set(err, ERROR_USAGE, "%s needs %s", command->name, usage);
	return true;
}

static void close_ledger(struct ledger **ledger)
{
	ledger_close(*ledger);
}

/* Whether the verb is about a runbook that is in the ledger already, or is to be made. */
static bool is_of_runbook(const struct command *command)
{
	const struct option *id = option_find(command->options, "runbookid", 9);

	return id && id->required;
}

/* Opens what the verb declares to need, and runs it. */
static bool run_opened(const struct command *command, const struct option_values *values, struct error *err)
{
	enum command_needs needs = command->needs ? command->needs(values) : NEEDS_NOTHING;
	CLEANUP(close_ledger) struct ledger *ledger = NULL;
	CLEANUP_FREE char *path = caller_ledger_path(values);
	CLEANUP_FREE char *machine = caller_machine(values);
	CLEANUP_FREE char *user = caller_user();
	CLEANUP_FREE char *repeat = caller_repeat_options(values, is_of_runbook(command));
	CLEANUP_FREE char *catalogue = caller_catalogue_path();
	struct command_context context = {
		.command = command,
		.options = values,
		.operands = option_operands(values),
		.machine = machine,
		.user = user,
		.repeat = repeat,
		.catalogue = catalogue,
		.umask = caller_umask,
		.json = option_flag(values, "json", false),
		.quiet = option_flag(values, "quiet", false),
	};

	if (!caller_set_masking(values, err))
		return false;
	if (!name_is_plain(machine))
		return error_set(err, ERROR_USAGE, "-machine=%s: is no name of a machine", machine);
	if (needs != NEEDS_NOTHING &&
	    !ledger_open(path, needs == NEEDS_LEDGER_WRITE ? LEDGER_WRITE : LEDGER_READ, &ledger, err))
		return false;
	context.ledger = ledger;
	return command->run(&context, err);
}

static void free_values(struct option_values **values)
{
	option_values_free(*values);
}

static bool run_command(const struct command *command, char *const *words, struct error *err)
{
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;
	CLEANUP(free_values) struct option_values *values = NULL;

	return option_defaults_read(caller_defaults_path(), &defaults, err) && check_default_names(&defaults, err) &&
	       option_parse(command->options, words, &defaults, &values, err) && check_operands(command, values, err) &&
	       run_opened(command, values, err);
}

/* Whether the word is one of these, with one or two dashes. */
static bool is_dashed(const char *word, const char *name)
{
	if (*word != '-')
		return false;
	return strcasecmp(word + (word[1] == '-' ? 2 : 1), name) == 0;
}

static bool asks_for_help(char *const *words)
{
	for (; *words && strcmp(*words, "--") != 0; words++) {
		if (is_dashed(*words, "help") || is_dashed(*words, "h"))
			return true;
	}
	return false;
}

static void print_help(const struct command *command, FILE *stream)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (command)
		help_command(command, &text);
	else
		help_overview(&text);
	(void)fputs(text.data, stream);
}

static bool run_words(char *const *words, struct error *err)
{
	const struct command *command;
	size_t used = 0;

	if (!words[0]) {
		print_help(NULL, stderr);
		return error_set(err, ERROR_USAGE, "a verb is missing");
	}
	if (is_dashed(words[0], "version")) {
		(void)printf("runbook %s\n", RUNBOOK_VERSION);
		return true;
	}
	if (is_dashed(words[0], "help") || is_dashed(words[0], "h")) {
		print_help(NULL, stdout);
		return true;
	}
	command = command_find(words, &used, err);
	if (!command)
		return false;
	if (asks_for_help(words + used)) {
		print_help(command, stdout);
		return true;
	}
	return run_command(command, words + used, err);
}

/* Output that did not arrive is a failure, whatever the verb thinks. */
static void close_output(struct error *err)
{
	bool failed = ferror(stdout);
	int saved = 0;

	if (fclose(stdout) != 0) {
		failed = true;
		saved = errno;
	}
	if (failed && !error_is_set(err) && saved)
		error_set_errno(err, saved, "standard output");
	else if (failed && !error_is_set(err))
		error_set(err, ERROR_SYSTEM, "standard output: could not be written");
}

int main(int argc, char **argv)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)argc;
	if (!open_standard_descriptors()) {
		perror("runbook: /dev/null");
		return ERROR_SYSTEM;
	}
	output_init();
	caller_umask = umask(077);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	/* A closed pipe is then a write error, which is reported, and does not end a run. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (argv[0])
		(void)run_words(argv + 1, &err);
	close_output(&err);
	if (error_is_set(&err))
		output_error(&err);
	return (int)err.code;
}
