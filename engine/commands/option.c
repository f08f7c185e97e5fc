// SPDX-License-Identifier: MIT
#include "engine/commands/option.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/commands/nearest.h"
#include "runbook/base/alloc.h"
#include "runbook/base/problem.h"

const struct option option_common[] = {
	{ .name = "ledger",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "The ledger; default RUNBOOK_LEDGER, else /var/lib/runbook/ledger.db as root, "
		  "else $XDG_STATE_HOME/runbook/ledger.db" },
	{ .name = "packagepath",
	  .kind = OPTION_FOLDER,
	  .value = "DIR",
	  .help = "The package root: the folder the deployable package was extracted to" },
	{ .name = "machine",
	  .kind = OPTION_TEXT,
	  .value = "NAME",
	  .help = "The name of this machine in topologies and runbooks; default the host name" },
	{ .name = "json", .kind = OPTION_FLAG, .value = "", .help = "Write the result as JSON" },
	{ .name = "quiet", .kind = OPTION_FLAG, .value = "", .help = "Write nothing that was not asked for" },
	{ .name = "reason",
	  .kind = OPTION_TEXT,
	  .value = "TEXT",
	  .help = "Why a decision is overridden; kept in the ledger with the time and the user" },
	{ .name = "secrets",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "Mask the secrets in FILE, one a line, in every output, log and record, also in base64 and as in URLs" },
	{ .name = "secretenv",
	  .kind = OPTION_TEXT,
	  .value = "NAME,NAME",
	  .help = "Mask the values of these environment variables in the same way" },
	{ .name = "maskpattern",
	  .kind = OPTION_TEXT,
	  .value = "PCRE",
	  .help = "Mask what this regular expression matches, or only its groups if it has any" },
	{ .name = "maskfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "Mask in the same way by the regular expressions in FILE, one a line" },
	OPTION_END,
};

struct option_value {
	const struct option *option;
	char *text;        /* NULL: not given */
	bool given;        /* on the command line */
	struct strv texts; /* of one that may be given more than once */
};

struct option_values {
	struct option_value items[OPTION_LIMIT];
	size_t count;
	struct strv operands;
};

static const struct option *find_in(const struct option *table, const char *name, size_t length)
{
	for (; table && *table->name; table++) {
		if (strlen(table->name) == length && strncasecmp(table->name, name, length) == 0)
			return table;
	}
	return NULL;
}

const struct option *option_find(const struct option *table, const char *name, size_t length)
{
	const struct option *found = find_in(table, name, length);

	return found ? found : find_in(option_common, name, length);
}

size_t option_list(const struct option *table, const struct option *ret[static OPTION_LIMIT])
{
	size_t count = 0;

	for (const struct option *option = table; option && *option->name; option++) {
		assert(count < OPTION_LIMIT);
		ret[count++] = option;
	}
	for (const struct option *option = option_common; *option->name; option++) {
		if (find_in(table, option->name, strlen(option->name)))
			continue;
		assert(count < OPTION_LIMIT);
		ret[count++] = option;
	}
	return count;
}

void option_values_free(struct option_values *values)
{
	if (!values)
		return;
	for (size_t i = 0; i < values->count; i++) {
		free(values->items[i].text);
		strv_release(&values->items[i].texts);
	}
	strv_release(&values->operands);
	free(values);
}

static void cleanup_values(struct option_values **values)
{
	option_values_free(*values);
}

static struct option_values *values_new(const struct option *table)
{
	struct option_values *values = xcalloc(1, sizeof(*values));
	const struct option *options[OPTION_LIMIT];

	values->count = option_list(table, options);
	for (size_t i = 0; i < values->count; i++)
		values->items[i].option = options[i];
	return values;
}

static struct option_value *find_value(struct option_values *values, const char *name, size_t length)
{
	for (size_t i = 0; i < values->count; i++) {
		const char *known = values->items[i].option->name;

		if (strlen(known) == length && strncasecmp(known, name, length) == 0)
			return &values->items[i];
	}
	return NULL;
}

/* Where a problem lies: on the command line (file NULL) or in a line of the defaults file. */
struct place {
	const char *file;
	unsigned line;
	struct problem_list *problems;
};

static bool is_boolean(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0;
}

static void check_number(const struct option *option, const char *text, const struct place *place)
{
	int64_t maximum = option->maximum ? option->maximum : INT64_MAX;
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end && !errno && number >= option->minimum && number <= maximum)
		return;
	if (option->maximum)
		problem_add(place->problems, place->file, place->line,
			    "option -%s=%s: must be a whole number from %lld to %lld", option->name, text,
			    (long long)option->minimum, (long long)maximum);
	else
		problem_add(place->problems, place->file, place->line,
			    "option -%s=%s: must be a whole number from %lld up", option->name, text,
			    (long long)option->minimum);
}

/* The spelling of the table, if the text is one of its choices. */
static char *choice_of(const char *choices, const char *text)
{
	CLEANUP_STRV struct strv names = STRV_INIT;

	strv_split(&names, choices, "|");
	for (size_t i = 0; i < names.count; i++) {
		if (strcasecmp(names.items[i], text) == 0)
			return xstrdup(names.items[i]);
	}
	return NULL;
}

static void add_choice_problem(const struct option *option, const char *text, const struct place *place)
{
	problem_add(place->problems, place->file, place->line, "option -%s=%s: must be one of %s", option->name, text,
		    option->kind == OPTION_FLAG ? "true|false" : option->value);
}

/* Checks a value and returns it as it is to be kept; a problem is added if it is none for this option. */
static char *checked_text(const struct option *option, const char *text, const struct place *place)
{
	char *kept = NULL;

	if (!*text)
		problem_add(place->problems, place->file, place->line, "option -%s needs a value: -%s=%s", option->name,
			    option->name, option->kind == OPTION_FLAG ? "true|false" : option->value);
	else if (option->kind == OPTION_FLAG)
		kept = choice_of("true|false", text);
	else if (option->kind == OPTION_TEXT && strchr(option->value, '|'))
		kept = choice_of(option->value, text);
	else {
		kept = xstrdup(text);
		if (option->kind == OPTION_NUMBER)
			check_number(option, text, place);
	}
	if (*text && !kept)
		add_choice_problem(option, text, place);
	return kept;
}

static void add_unknown(const struct option_values *values, const char *name, size_t length, const struct place *place)
{
	CLEANUP_FREE char *typed = xmemdupz(name, length);
	CLEANUP_STRV struct strv names = STRV_INIT;

	for (size_t i = 0; i < values->count; i++)
		strv_push(&names, values->items[i].option->name);
	problem_add(place->problems, place->file, place->line, "unknown option -%s; the nearest is -%s", typed,
		    nearest_name(typed, &names));
}

/* The value of an option whose word has no `=`: "true" for a flag, else the next word, which is then used up; "" if there is none. */
static const char *next_value(const struct option *option, char *const **words)
{
	const char *next = (*words)[1];
	bool flag = option->kind == OPTION_FLAG;

	if (!next || (next[0] == '-' && next[1]) || (flag && !is_boolean(next)))
		return flag ? "true" : "";
	(*words)++;
	return next;
}

/* Takes the text over. */
static void keep_text(struct option_value *value, char *text)
{
	if (text && value->option->many)
		strv_push(&value->texts, text);
	free(value->text);
	value->text = text;
}

/* Takes the option at *words, and the word behind it if that is its value. */
static void take_option(struct option_values *values, char *const **words, const struct place *place)
{
	const char *name = **words + ((**words)[1] == '-' ? 2 : 1);
	size_t length = strcspn(name, "=");
	struct option_value *value = find_value(values, name, length);
	const char *text;

	if (!value) {
		add_unknown(values, name, length, place);
		return;
	}
	text = name[length] == '=' ? name + length + 1 : next_value(value->option, words);
	if (value->given && !value->option->many) {
		problem_add(place->problems, NULL, 0, "option -%s is given twice", value->option->name);
		return;
	}
	value->given = true;
	keep_text(value, checked_text(value->option, text, place));
}

static void take_words(struct option_values *values, char *const *words, const struct place *place)
{
	for (; *words && strcmp(*words, "--") != 0; words++) {
		if ((*words)[0] == '-' && (*words)[1])
			take_option(values, &words, place);
		else
			strv_push(&values->operands, *words);
	}
	for (words += *words != NULL; *words; words++)
		strv_push(&values->operands, *words);
}

static void take_defaults(struct option_values *values, const struct option_defaults *defaults,
			  struct problem_list *problems)
{
	for (size_t i = 0; defaults && i < defaults->count; i++) {
		const struct option_default *item = &defaults->items[i];
		struct place place = { defaults->file, item->line, problems };
		struct option_value *value = find_value(values, item->name, strlen(item->name));

		if (value && !value->given)
			keep_text(value, checked_text(value->option, item->value, &place));
	}
}

static void check_required(const struct option_values *values, struct problem_list *problems)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct option_value *value = &values->items[i];

		if (value->option->required && !value->text && !value->given)
			problem_add(problems, NULL, 0, "option -%s=%s is missing", value->option->name,
				    value->option->value);
	}
}

static bool only_in_file(const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		if (!problems->items[i].file)
			return false;
	}
	return true;
}

bool option_parse(const struct option *table, char *const *words, const struct option_defaults *defaults,
		  struct option_values **ret, struct error *err)
{
	CLEANUP(cleanup_values) struct option_values *values = values_new(table);
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	take_words(values, words, &(struct place){ NULL, 0, &problems });
	take_defaults(values, defaults, &problems);
	check_required(values, &problems);
	if (!problem_list_none(&problems, only_in_file(&problems) ? ERROR_INPUT : ERROR_USAGE, err))
		return false;
	*ret = TAKE(values);
	return true;
}

const struct strv *option_operands(const struct option_values *values)
{
	return &values->operands;
}

static const struct option_value *known_value(const struct option_values *values, const char *name)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strcmp(values->items[i].option->name, name) == 0)
			return &values->items[i];
	}
	assert(!"the option is in no table");
	abort();
}

const char *option_text(const struct option_values *values, const char *name)
{
	return known_value(values, name)->text;
}

bool option_flag(const struct option_values *values, const char *name, bool fallback)
{
	const char *text = option_text(values, name);

	return text ? strcmp(text, "true") == 0 : fallback;
}

int64_t option_number(const struct option_values *values, const char *name, int64_t fallback)
{
	const char *text = option_text(values, name);

	return text ? strtoll(text, NULL, 10) : fallback;
}

const struct strv *option_texts(const struct option_values *values, const char *name)
{
	return &known_value(values, name)->texts;
}

bool option_is_given(const struct option_values *values, const char *name)
{
	return known_value(values, name)->given;
}
