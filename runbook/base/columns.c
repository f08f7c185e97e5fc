// SPDX-License-Identifier: MIT
#include "runbook/base/columns.h"

#include <string.h>
#include <wchar.h>

#include "runbook/base/utf8.h"

/* The character at `text`, and how wide it is; what is none of UTF-8 counts as one byte in one column. */
static size_t measure(const char *text, size_t *ret_columns)
{
	uint32_t character = 0;
	size_t length = utf8_decode(text, strnlen(text, 4), &character);
	int width = length ? wcwidth((wchar_t)character) : 1;

	*ret_columns = width < 0 ? 1 : (size_t)width;
	return length ? length : 1;
}

size_t columns_of(const char *text)
{
	size_t columns = 0, width;

	while (*text) {
		text += measure(text, &width);
		columns += width;
	}
	return columns;
}

size_t columns_prefix(const char *text, size_t columns)
{
	size_t length = 0, used = 0;

	while (text[length]) {
		size_t width;
		size_t step = measure(text + length, &width);

		if (used + width > columns)
			break;
		used += width;
		length += step;
	}
	return length;
}

void columns_add_fitted(struct strbuf *sb, const char *text, size_t columns)
{
	size_t length = columns_prefix(text, columns);

	if (!text[length]) {
		strbuf_add(sb, text, length);
		return;
	}
	if (!columns)
		return;
	strbuf_add(sb, text, columns_prefix(text, columns - 1));
	strbuf_add_str(sb, "…");
}
