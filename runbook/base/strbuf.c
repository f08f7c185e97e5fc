// SPDX-License-Identifier: MIT
#include "runbook/base/strbuf.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "runbook/base/alloc.h"

char strbuf_empty[1];

void strbuf_release(struct strbuf *sb)
{
	if (sb->alloc)
		free(sb->data);
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_clear(struct strbuf *sb)
{
	if (sb->alloc)
		strbuf_set_length(sb, 0);
}

void strbuf_grow(struct strbuf *sb, size_t extra)
{
	size_t wanted = sb->length + extra + 1;
	size_t alloc = sb->alloc + sb->alloc / 2 + 64;
	char *data;

	assert(wanted > extra);
	if (wanted <= sb->alloc)
		return;
	if (alloc < wanted)
		alloc = wanted;
	data = xmalloc(alloc);
	memcpy(data, sb->data, sb->length + 1);
	if (sb->alloc)
		free(sb->data);
	sb->data = data;
	sb->alloc = alloc;
}

void strbuf_set_length(struct strbuf *sb, size_t length)
{
	assert(length < sb->alloc || (length == 0 && sb->length == 0));
	if (!sb->alloc)
		return;
	sb->length = length;
	sb->data[length] = '\0';
}

void strbuf_add(struct strbuf *sb, const void *data, size_t length)
{
	if (!length)
		return;
	strbuf_grow(sb, length);
	memcpy(sb->data + sb->length, data, length);
	strbuf_set_length(sb, sb->length + length);
}

void strbuf_add_str(struct strbuf *sb, const char *text)
{
	strbuf_add(sb, text, strlen(text));
}

void strbuf_add_char(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args)
{
	va_list again;
	int length;

	assert(format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	assert(length >= 0);
	strbuf_grow(sb, (size_t)length);
	(void)vsnprintf(sb->data + sb->length, (size_t)length + 1, format, args);
	strbuf_set_length(sb, sb->length + (size_t)length);
}

void strbuf_addf(struct strbuf *sb, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vaddf(sb, format, args);
	va_end(args);
}

void strbuf_trim(struct strbuf *sb)
{
	size_t start = 0;
	size_t end = sb->length;

	while (end && isspace((unsigned char)sb->data[end - 1]))
		end--;
	while (start < end && isspace((unsigned char)sb->data[start]))
		start++;
	if (sb->alloc) {
		memmove(sb->data, sb->data + start, end - start);
		strbuf_set_length(sb, end - start);
	}
}

char *strbuf_detach(struct strbuf *sb)
{
	char *data;

	strbuf_grow(sb, 0);
	data = sb->data;
	*sb = (struct strbuf)STRBUF_INIT;
	return data;
}
