// SPDX-License-Identifier: MIT
/*
 * A regular expression of Perl's kind, through PCRE2: the only place that knows the library.
 *
 * It is compiled when it is first matched, to machine code where the system allows it (and RUNBOOK_INTERPRET is not set, which is for tools that cannot
 * follow such code). Matching is bounded in steps and memory, so that no text can make
 * it take for ever; who asks decides what a text means that could not be judged.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct pattern;

enum {
	PATTERN_CASELESS = 1,
	PATTERN_UTF = 2, /* characters, not bytes; what is no UTF-8 in the text matches nothing */
};

/* Takes the expression over, unchecked: for our own. Never fails; the text must outlive it. */
struct pattern *pattern_new(const char *text, unsigned flags);

/* The same for one that somebody typed: ERROR_USAGE with what is wrong and where. The text is copied. */
struct pattern *pattern_parse(const char *text, unsigned flags, struct error *err);

void pattern_free(struct pattern *pattern); /* NULL is fine */

enum pattern_outcome {
	PATTERN_NONE,
	PATTERN_FOUND,
	PATTERN_PARTIAL, /* no match, but the end of the text may be the beginning of one */
	PATTERN_TOO_HARD /* the bounds were reached: nothing is known */
};

struct pattern_span {
	size_t start;
	size_t end;
};

/*
 * Looks for the first match at or behind `from`. The match, or the beginning of one that is cut off (only asked for with `partial`), is in *ret.
 */
enum pattern_outcome pattern_match(struct pattern *pattern, struct pattern_span text, const char *data, bool partial,
				   struct pattern_span *ret);

/* The groups of the last match: how many the expression has, and where one of them, from 1, matched; false if it did not. */
unsigned pattern_group_count(const struct pattern *pattern);
bool pattern_group(const struct pattern *pattern, unsigned group, struct pattern_span *ret);
