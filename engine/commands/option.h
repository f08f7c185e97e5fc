// SPDX-License-Identifier: MIT
/*
 * Options as tables. The help, the man page, the completion and the parser are all made from them.
 *
 * `-name=value`, `--name=value`, `--name value` and `-name value` are the same; names have no case. A flag may stand alone or have the value
 * true or false. Values that are not on the command line come from `name=value` lines of /etc/runbook/runbook.conf.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_FILE, OPTION_FOLDER };

struct option {
	const char *name; /* lower case: "runbookid"; "" ends the table */
	enum option_kind kind;
	const char *value; /* placeholder in the help: "ID"; for a choice "auto|always|never" */
	bool required;
	const char *help; /* one sentence without a period */
};

#define OPTION_END                             \
	{                                      \
		"", OPTION_FLAG, "", false, "" \
	}

/* The options of every verb: -ledger, -packagepath, -machine, -json, -quiet, -reason. */
extern const struct option option_common[];

struct option_values; /* what was given, checked against the tables */

/*
 * Parses the words behind the verb. Returns false with ERROR_USAGE and every problem at once: an unknown option (with the nearest name), a missing value, a value
 * that is no number or no choice, an option given twice, a required one missing. Words that are no options are appended to `operands`; `--` ends the options.
 */
bool option_parse(const struct option *table, int argc, char **argv, struct option_values **ret, struct strv *operands,
		  struct error *err);
void option_values_free(struct option_values *values);

/* Adds the defaults of a file of `name=value` lines (# begins a comment): each for the verbs that have that option. A missing file is fine. */
bool option_read_defaults(struct option_values *values, const char *path, struct error *err);

/* What was given; NULL, false or `fallback` if it was not. Asking for a name that is not in the table is a programming error. */
const char *option_text(const struct option_values *values, const char *name);
bool option_flag(const struct option_values *values, const char *name, bool fallback);
int64_t option_number(const struct option_values *values, const char *name, int64_t fallback);
