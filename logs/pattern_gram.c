// SPDX-License-Identifier: MIT
#include "logs/pattern_gram.h"

#include <stddef.h>
#include <string.h>

/* The longest run of plain characters outside of groups, so far. */
struct run {
	char text[PATTERN_GRAM_SIZE];
	size_t length;
};

static bool is_plain(char c)
{
	return c && !strchr("\\^$.[|()?*+{}", c);
}

static void keep_longest(struct run *run, struct run *best)
{
	if (run->length > best->length)
		*best = *run;
	run->length = 0;
}

/* Behind a class `[…]`, whose first character may be a bracket. */
static const char *skip_class(const char *at)
{
	at++;
	at += *at == '^';
	at += *at == ']';
	while (*at && *at != ']')
		at += at[0] == '\\' && at[1] ? 2 : 1;
	return *at ? at + 1 : at;
}

/* Behind a group, with those in it; a group may be optional, so nothing in it counts. */
static const char *skip_group(const char *at)
{
	unsigned depth = 0;

	while (*at) {
		if (*at == '[') {
			at = skip_class(at);
			continue;
		}
		depth += *at == '(';
		depth -= *at == ')';
		at += at[0] == '\\' && at[1] ? 2 : 1;
		if (!depth)
			break;
	}
	return at;
}

/* Behind the `{2,3}` of a repetition. */
static const char *skip_count(const char *at)
{
	at += strcspn(at, "}");
	return *at ? at + 1 : at;
}

static const char *take_plain(const char *at, struct run *run, struct run *best)
{
	/* What is repeated may be missing. */
	if (at[1] && strchr("?*{", at[1])) {
		keep_longest(run, best);
		return at[1] == '{' ? skip_count(at + 1) : at + 2;
	}
	if (run->length < PATTERN_GRAM_SIZE - 1)
		run->text[run->length++] = *at;
	if (at[1] == '+')
		keep_longest(run, best);
	return at + 1 + (at[1] == '+');
}

static const char *skip_special(const char *at)
{
	switch (*at) {
	case '[':
		return skip_class(at);
	case '(':
		return skip_group(at);
	case '{':
		return skip_count(at);
	default:
		return at + (at[0] == '\\' && at[1] ? 2 : 1);
	}
}

/*
 * Options and verbs may change what any character means, behind a | everything is another, and behind some escapes stand characters that mean
 * something else.
 */
static bool is_beyond_us(const char *text)
{
	if (strstr(text, "(?") || strstr(text, "(*"))
		return true;
	for (; *text; text++)
		if (text[0] == '\\' && text[1] && strchr("0123456789acefgkopuxCEGHKNPQUX", *++text))
			return true;
	return false;
}

bool pattern_gram(const char *text, char ret[static PATTERN_GRAM_SIZE])
{
	struct run run = { .length = 0 }, best = { .length = 0 };
	const char *at = text;

	if (is_beyond_us(text))
		return false;
	while (*at) {
		if (is_plain(*at)) {
			at = take_plain(at, &run, &best);
			continue;
		}
		if (*at == '|')
			return false;
		keep_longest(&run, &best);
		at = skip_special(at);
	}
	keep_longest(&run, &best);
	best.text[best.length] = '\0';
	memcpy(ret, best.text, best.length + 1);
	return best.length >= PATTERN_GRAM_SIZE - 2;
}
