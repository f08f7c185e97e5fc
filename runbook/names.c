// SPDX-License-Identifier: MIT
#include "runbook/names.h"

#include <ctype.h>
#include <string.h>

#include "runbook/base/strbuf.h"
#include "runbook/base/strv.h"

enum { RUNBOOK_ID_LIMIT = 64, PLAIN_NAME_LIMIT = 128 };

/* ASCII by hand: what is a letter must not depend on the caller's locale. */
static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* C0, DEL, and the C1 controls as UTF-8 writes them. */
static bool has_control(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	return false;
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
	       !has_control(text);
}

static bool is_absolute_or_drive(const char *text)
{
	return strchr("/\\", *text) || (is_letter_or_digit(*text) && !isdigit((unsigned char)*text) && text[1] == ':');
}

char *name_script_path(const char *file_name)
{
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_STRBUF struct strbuf path = STRBUF_INIT;

	if (!*file_name || is_absolute_or_drive(file_name) || has_control(file_name))
		return NULL;
	strv_split(&parts, file_name, "/\\");
	for (size_t i = 0; i < parts.count; i++) {
		if (strcmp(parts.items[i], "..") == 0)
			return NULL;
		if (strcmp(parts.items[i], ".") == 0)
			continue;
		if (path.length)
			strbuf_add_char(&path, '/');
		strbuf_add_str(&path, parts.items[i]);
	}
	return path.length ? strbuf_detach(&path) : NULL;
}
