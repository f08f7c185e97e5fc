// SPDX-License-Identifier: MIT
#include "runbook/base/strv.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"

void strv_release(struct strv *sv)
{
	for (size_t i = 0; i < sv->count; i++)
		free(sv->items[i]);
	free(sv->items);
	*sv = (struct strv)STRV_INIT;
}

void strv_push_take(struct strv *sv, char *text)
{
	sv->items = xgrow(sv->items, sv->count + 1, &sv->alloc, sizeof(*sv->items));
	sv->items[sv->count++] = text;
	sv->items[sv->count] = NULL;
}

void strv_push(struct strv *sv, const char *text)
{
	strv_push_take(sv, xstrdup(text));
}

void strv_pushf(struct strv *sv, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strv_push_take(sv, xvasprintf(format, args));
	va_end(args);
}

bool strv_contains_nocase(const struct strv *sv, const char *text)
{
	for (size_t i = 0; i < sv->count; i++)
		if (strcasecmp(sv->items[i], text) == 0)
			return true;
	return false;
}

void strv_split(struct strv *sv, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t length = strcspn(text, separators);

		strv_push_take(sv, xmemdupz(text, length));
		text += length;
	}
}
