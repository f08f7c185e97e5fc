// SPDX-License-Identifier: MIT
#include "runbook/xml_value.h"

#include <string.h>
#include <strings.h>

#define SPACES " \t\r\n"

bool xml_is_space(const char *text)
{
	return !text[strspn(text, SPACES)];
}

static bool is_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncasecmp(text, word, length) == 0 && xml_is_space(text + length);
}

bool xml_value_bool(const char *text, bool *ret)
{
	/* As it is nearly always written. */
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
		*ret = *text == 't';
		return true;
	}
	text += strspn(text, SPACES);
	if (is_word(text, "true") || is_word(text, "1"))
		*ret = true;
	else if (is_word(text, "false") || is_word(text, "0"))
		*ret = false;
	else
		return false;
	return true;
}

bool xml_value_uint(const char *text, unsigned limit, unsigned *ret)
{
	unsigned long long value = 0;
	const char *digit = text + strspn(text, SPACES);

	if (*digit < '0' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++) {
		value = value * 10 + (unsigned)(*digit - '0');
		if (value > limit)
			return false;
	}
	if (!xml_is_space(digit))
		return false;
	*ret = (unsigned)value;
	return true;
}
