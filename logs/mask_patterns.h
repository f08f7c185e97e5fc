// SPDX-License-Identifier: MIT
/*
 * What a secret looks like: the table of our own patterns. Internal to logs/.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What may begin where a pattern matches, and ends in a later line. */
enum mask_opens {
	OPENS_NOTHING,
	OPENS_KEY,  /* a private key: masked until its last line */
	OPENS_BLOCK /* an indented block, as YAML has it; the first group is its indentation */
};

struct mask_pattern {
	const char *name; /* for tests, and for whoever reads the table */
	const char *text; /* what its groups match is masked; without groups all of it */
	const char
		*grams; /* one of these, of three or four bytes and separated by |, is in every line that it matches */
	unsigned lines; /* it may match what was broken over so many lines; 1: within a line */
	bool is_shape;  /* it can be told only from its whole: what may be its beginning is held back */
	enum mask_opens opens;
	bool is_wrapped; /* it is one word, so a line break in it is nothing but that, also within a gram */
};

extern const struct mask_pattern mask_patterns[];
extern const size_t mask_pattern_count;
