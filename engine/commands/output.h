// SPDX-License-Identifier: MIT
/*
 * What verbs write on standard output: lines for people, JSON for programs.
 *
 * Text from packages, logs and the ledger may hold anything. On a terminal its control characters are shown, not executed; elsewhere
 * it is passed on as it is. Write errors stay in the stream; main reports them.
 */
#pragma once

#include <jansson.h>

#include "runbook/base/error.h"
#include "runbook/base/problem.h"
#include "runbook/base/strbuf.h"

/* Once, before anything else: running out of memory ends the program in JSON as everywhere. */
void output_init(void);

/* Whether standard output is one. */
bool output_is_terminal(void);

enum output_colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_WARN };

/* The escape sequence that begins a colour (COLOUR_NONE: ends it); "" where colour is not wanted: no terminal, or NO_COLOR. */
const char *output_colour(enum output_colour colour);

/* Text as it is, and a formatted line with a newline behind it. */
void output_text(const char *text, size_t length);
void output_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A string value; bytes that are no UTF-8 are written as `\xNN`, which JSON could not hold otherwise. */
json_t *output_json_text(const char *text);

/* A wall-clock time as documents write it; null for 0. */
json_t *output_json_time(int64_t wall_ns);

/* Appends their texts to an array. */
void output_json_add_problems(json_t *array, const struct problem_list *problems);

/* Writes a value, which is taken over, and a newline. */
void output_json(json_t *value);

/*
 * Writes one value, which is taken over, of an object or array that is too long to be built: a comma before all but the first, a new line, "NAME": unless
 * `name` is NULL. The brackets around them are the caller's.
 */
void output_json_part(const char *name, json_t *value, bool first);

/* On standard error: `runbook: MESSAGE`, and one `runbook: warning: …` per warning. */
void output_error(const struct error *err);
void output_warnings(const struct problem_list *warnings);
