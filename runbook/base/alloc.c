// SPDX-License-Identifier: MIT
#include "runbook/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must_have(void *memory)
{
	static const char message[] = "runbook: out of memory\n";

	if (memory)
		return memory;
	(void)fputs(message, stderr);
	abort();
}

void *xmalloc(size_t size_bytes)
{
	return must_have(malloc(size_bytes ? size_bytes : 1));
}

void *xmalloc_pages(size_t size_bytes)
{
	enum { PAGE_BYTES = 4096 };
	void *memory = NULL;

	return must_have(posix_memalign(&memory, PAGE_BYTES, size_bytes ? size_bytes : 1) == 0 ? memory : NULL);
}

void *xcalloc(size_t count, size_t size_bytes)
{
	return must_have(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

char *xstrdup(const char *text)
{
	return must_have(strdup(text));
}

void xfill(char **text)
{
	if (!*text)
		*text = xstrdup("");
}

char *xmemdupz(const void *data, size_t length)
{
	char *copy = xmalloc(length + 1);

	if (length)
		memcpy(copy, data, length);
	copy[length] = '\0';
	return copy;
}

char *xvasprintf(const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return must_have(text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

void *xgrow(void *items, size_t count, size_t *alloc, size_t item_size_bytes)
{
	if (count < *alloc)
		return items;
	*alloc = *alloc + *alloc / 2 + 8;
	return must_have(reallocarray(items, *alloc, item_size_bytes));
}
