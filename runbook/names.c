// SPDX-License-Identifier: MIT
#include "runbook/names.h"

#include <string.h>

#include "runbook/base/relative_path.h"
#include "runbook/base/utf8.h"

enum { RUNBOOK_ID_LIMIT = 64, PLAIN_NAME_LIMIT = 128 };

/* ASCII by hand: what is a letter must not depend on the caller's locale. */
static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool name_is_runbook_id(const char *text)
{
	size_t length = strlen(text);

	if (!is_letter_or_digit(*text) || length > RUNBOOK_ID_LIMIT)
		return false;
	for (; *text; text++)
		if (!is_letter_or_digit(*text) && !strchr("._-", *text))
			return false;
	return true;
}

bool name_is_plain(const char *text)
{
	return *text && strlen(text) <= PLAIN_NAME_LIMIT && *text != '.' && *text != '~' && !strpbrk(text, "/\\") &&
	       !utf8_has_control(text);
}

char *name_script_path(const char *file_name)
{
	char *path = NULL;

	(void)relative_path_normalise(file_name, &path);
	return path;
}
