// SPDX-License-Identifier: MIT
/*
 * What is secret in one line. Internal to logs/; see logs/masker.c.
 */
#pragma once

#include "logs/mask_rules.h"

/* What is to be masked, as places in the stream: in any order, they may overlap. */
struct mask_range {
	uint64_t start;
	uint64_t end;
};

struct mask_ranges {
	struct mask_range *items;
	size_t count;
	size_t alloc;
};

/* Adds one, unless it is empty. */
void mask_ranges_add(struct mask_ranges *ranges, uint64_t start, uint64_t end);

/* Sorts them and joins those that touch. */
void mask_ranges_normalise(struct mask_ranges *ranges);

/* A line and what is known of those behind it. */
struct mask_line {
	const char *data;
	size_t start;   /* of the line in data */
	size_t end;     /* behind its last character; the line break is no part of it */
	size_t known;   /* data ends here */
	uint64_t base;  /* place of data in the stream */
	char before[4]; /* the last characters of the line before, at most three */
	bool is_last;   /* nothing comes behind `known` */
	bool is_piece;  /* of a line that is too long to be judged as a whole, or that is not complete */
};

struct mask_verdict {
	bool waits;        /* what is known behind the line does not suffice */
	uint64_t doubtful; /* from this place on it may be a secret; UINT64_MAX: nowhere */
	enum mask_opens opens;
	size_t indentation; /* of a block */
};

/* How much of the lines behind is looked at. */
enum { MASK_LOOK_AHEAD = 16 * 1024 };

/*
 * Adds what the rules of `sets` (and those that see every line) find. If the line holds escape sequences or NUL bytes, it is judged as if they were not
 * there, by whatever grams it then has.
 */
void mask_line_judge(const struct mask_rules *rules, const struct mask_line *line, uint64_t sets,
		     struct mask_ranges *ranges, struct mask_verdict *ret);
