// SPDX-License-Identifier: MIT
#include "runbook/version.h"

#include <stddef.h>
#include <string.h>

/* One number of a version, without leading zeros. */
struct part {
	const char *digits;
	size_t length;
};

static bool is_version(const char *text)
{
	for (;;) {
		size_t length = strspn(text, "0123456789");

		if (!length)
			return false;
		text += length;
		if (!*text)
			return true;
		if (*text++ != '.')
			return false;
	}
}

/* Takes the next number off; at the end it is 0. */
static struct part take_part(const char **text)
{
	struct part part;

	*text += strspn(*text, "0");
	part = (struct part){ *text, strspn(*text, "0123456789") };
	*text += part.length;
	*text += **text == '.';
	return part;
}

static int compare_parts(struct part a, struct part b)
{
	if (a.length != b.length)
		return a.length < b.length ? -1 : 1;
	return a.length ? memcmp(a.digits, b.digits, a.length) : 0;
}

bool version_compare(const char *a, const char *b, int *ret)
{
	int order = 0;

	if (!is_version(a) || !is_version(b))
		return false;
	while (!order && (*a || *b))
		order = compare_parts(take_part(&a), take_part(&b));
	*ret = order;
	return true;
}
