// SPDX-License-Identifier: MIT
#include "engine/supervisor/name_value.h"

#include <string.h>

#include "runbook/base/alloc.h"

void name_value_add(struct strbuf *text, const char *name, const char *value)
{
	strbuf_addf(text, "%s=", name);
	for (; *value; value++) {
		if (*value == '\\')
			strbuf_add_str(text, "\\\\");
		else if (*value == '\n')
			strbuf_add_str(text, "\\n");
		else
			strbuf_add_char(text, *value);
	}
	strbuf_add_char(text, '\n');
}

void name_value_add_number(struct strbuf *text, const char *name, int64_t value)
{
	strbuf_addf(text, "%s=%lld\n", name, (long long)value);
}

static void unescape(char *value)
{
	char *to = value;

	for (const char *from = value; *from; from++) {
		if (*from == '\\' && (from[1] == '\\' || from[1] == 'n')) {
			from++;
			*to++ = *from == 'n' ? '\n' : '\\';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static bool one_line(char *line, bool (*pair)(void *, const char *, const char *), void *context)
{
	char *equals = strchr(line, '=');
	size_t length = strlen(line);

	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
	if (!*line || *line == '#')
		return true;
	if (!equals || equals == line)
		return false;
	*equals = '\0';
	unescape(equals + 1);
	return pair(context, line, equals + 1);
}

bool name_value_each(const char *text, bool (*pair)(void *context, const char *name, const char *value), void *context,
		     unsigned *ret_line)
{
	*ret_line = 0;
	while (*text) {
		size_t length = strcspn(text, "\n");
		CLEANUP_FREE char *line = xmemdupz(text, length);

		++*ret_line;
		if (!one_line(line, pair, context))
			return false;
		text += length + (text[length] == '\n');
	}
	return true;
}
