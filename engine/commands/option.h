// SPDX-License-Identifier: MIT
/*
 * Options as tables. The help, the man page, the completion and the parser are all made from them.
 *
 * `-name=value`, `--name=value`, `--name value` and `-name value` are the same; names have no case. A value that is a word of its own may
 * not begin with `-` (write `-name=-value`). A flag may stand alone or have the value true or false. `--` ends the options. Values that are not
 * on the command line come from the defaults file.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_FILE, OPTION_FOLDER };

struct option {
	const char *name; /* lower case: "runbookid"; "" ends the table */
	enum option_kind kind;
	const char *value; /* what stands for it in the help: "ID"; of a text that is a choice "auto|always|never" */
	const char *help;  /* one sentence without a period */
	bool required;
	bool many;       /* may be given more than once: option_texts() */
	int64_t minimum; /* of a number */
	int64_t maximum; /* of a number; 0: no bound */
};

#define OPTION_END                      \
	{                               \
		.name = "", .value = "" \
	}

/* The options of every verb: -ledger, -packagepath, -machine, -json, -quiet, -reason, and what is masked. */
extern const struct option option_common[];

enum { OPTION_LIMIT = 48 };

/* Lists the options of a verb's table (may be NULL), then the common ones that it does not define anew; returns how many. */
size_t option_list(const struct option *table, const struct option *ret[static OPTION_LIMIT]);

/* The option of that name (`length` bytes, without regard to case) in the table or the common ones, or NULL. */
const struct option *option_find(const struct option *table, const char *name, size_t length);

/*
 * The defaults file, /etc/runbook/runbook.conf: lines `name=value`, one default each for all verbs that have that option. White space around
 * name and value, and one pair of double quotes around the value, are taken off; an empty line and one that begins with # are nothing.
 */
struct option_default {
	char *name;
	char *value;
	unsigned line;
};

struct option_defaults {
	char *file;
	struct option_default *items;
	size_t count;
	size_t alloc;
};

#define OPTION_DEFAULTS_INIT     \
	{                        \
		NULL, NULL, 0, 0 \
	}

/*
 * Reads it. A missing file is fine and gives none. ERROR_INPUT: every line that is no `name=value` or sets a name twice. ERROR_REFUSED: as root, a
 * file that somebody else could change. Whether the names are names of options is the caller's to check.
 */
bool option_defaults_read(const char *path, struct option_defaults *ret, struct error *err);
void option_defaults_release(struct option_defaults *defaults);

struct option_values; /* what was given, checked against the tables */

/*
 * Parses the words behind the verb (ends with NULL). Returns false with every problem at once: an unknown option (with the nearest name), a missing value, a
 * value that is no number, out of range or no choice, an option given twice, a required one missing. The code is ERROR_USAGE, or ERROR_INPUT if only
 * values of the defaults file are wrong. Words that are no options are operands. `defaults` is borrowed during the call; NULL: none.
 */
bool option_parse(const struct option *table, char *const *words, const struct option_defaults *defaults,
		  struct option_values **ret, struct error *err);
void option_values_free(struct option_values *values); /* NULL is fine */

/* The words that are no options, in order; owned by the values. */
const struct strv *option_operands(const struct option_values *values);

/*
 * What was given; NULL, false or `fallback` if it was not. A choice comes back as the table spells it. Asking for a name that is not in the
 * tables is a programming error.
 */
const char *option_text(const struct option_values *values, const char *name);
bool option_flag(const struct option_values *values, const char *name, bool fallback);

/* All values of an option that may be given more than once, in their order; owned by the values. */
const struct strv *option_texts(const struct option_values *values, const char *name);
int64_t option_number(const struct option_values *values, const char *name, int64_t fallback);

/* Whether it was on the command line itself, not in the defaults file. */
bool option_is_given(const struct option_values *values, const char *name);
