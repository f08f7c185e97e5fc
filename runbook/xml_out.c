// SPDX-License-Identifier: MIT
#include "runbook/xml_out.h"

#include <stdio.h>
#include <string.h>

#include "runbook/base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

enum place { IN_TEXT, IN_ATTRIBUTE };

/* What a byte needs: nothing, a look at what it begins, or that it be written in another way. */
enum need {
	N, /* nothing */
	R, /* a reference */
	A, /* a reference, but only in an attribute */
	X, /* replacement: XML cannot hold it */
	C, /* a look at the character it begins */
};

/* clang-format off */
static const unsigned char needs[256] = {
	X, X, X, X, X, X, X, X, X, A, A, X, X, R, X, X,
	X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	N, N, A, N, N, N, R, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, R, N, R, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
};
/* clang-format on */

static const char *reference(char c)
{
	switch (c) {
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	case '"':
		return "&quot;";
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	default:
		return "&gt;";
	}
}

/* The length of a character beyond ASCII, or 0 if it is none that XML can hold. */
static size_t good_character(const char *text, size_t length)
{
	uint32_t character = 0;
	size_t step = utf8_decode(text, length, &character);

	return character == 0xfffe || character == 0xffff ? 0 : step;
}

/* Writes what stands at `text` in another way, or as it is after all; returns how many bytes that was. */
static size_t add_special(struct strbuf *out, const char *text, size_t length, enum place place)
{
	enum need need = needs[(unsigned char)*text];
	size_t step = 1;

	if (need == C && (step = good_character(text, length)))
		strbuf_add(out, text, step);
	else if (need == R || (need == A && place == IN_ATTRIBUTE))
		strbuf_add_str(out, reference(*text));
	else if (need == A)
		strbuf_add_char(out, *text);
	else
		strbuf_add_str(out, REPLACEMENT);
	return step ? step : 1;
}

static void add_escaped(struct strbuf *out, const char *text, size_t length, enum place place)
{
	size_t at = 0;

	while (at < length) {
		size_t start = at;

		while (at < length && needs[(unsigned char)text[at]] == N)
			at++;
		strbuf_add(out, text + start, at - start);
		if (at < length)
			at += add_special(out, text + at, length - at, place);
	}
}

void xml_out_escaped(struct strbuf *out, const char *text, size_t length)
{
	add_escaped(out, text, length, IN_TEXT);
}

void xml_out_attribute(struct strbuf *out, const char *value, size_t length)
{
	add_escaped(out, value, length, IN_ATTRIBUTE);
}

void xml_out_parsed_attribute(struct strbuf *out, const char *value, size_t length)
{
	static const char ampersand[] = "&#38;";
	const char *end = value + length;
	const char *found;

	while ((found = memmem(value, (size_t)(end - value), ampersand, sizeof(ampersand) - 1))) {
		xml_out_attribute(out, value, (size_t)(found - value) + 1);
		value = found + sizeof(ampersand) - 1;
	}
	xml_out_attribute(out, value, (size_t)(end - value));
}

void xml_out_declaration(struct strbuf *out)
{
	strbuf_add_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
}

void xml_out_indent(struct strbuf *out, unsigned level)
{
	static const char spaces[] = "\n                                ";
	size_t width = (size_t)level * 2;
	size_t ready = width < sizeof(spaces) - 2 ? width : sizeof(spaces) - 2;

	strbuf_add(out, spaces, 1 + ready);
	for (; ready < width; ready++)
		strbuf_add_char(out, ' ');
}

void xml_out_open(struct strbuf *out, unsigned level, const char *name)
{
	xml_out_indent(out, level);
	strbuf_add_char(out, '<');
	strbuf_add_str(out, name);
	strbuf_add_char(out, '>');
}

void xml_out_close(struct strbuf *out, unsigned level, const char *name)
{
	xml_out_indent(out, level);
	strbuf_add(out, "</", 2);
	strbuf_add_str(out, name);
	strbuf_add_char(out, '>');
}

void xml_out_text(struct strbuf *out, unsigned level, const char *name, const char *text)
{
	size_t name_length = strlen(name);

	xml_out_indent(out, level);
	strbuf_add_char(out, '<');
	strbuf_add(out, name, name_length);
	if (!*text) {
		strbuf_add(out, " />", 3);
		return;
	}
	strbuf_add_char(out, '>');
	add_escaped(out, text, strlen(text), IN_TEXT);
	strbuf_add(out, "</", 2);
	strbuf_add(out, name, name_length);
	strbuf_add_char(out, '>');
}

void xml_out_bool(struct strbuf *out, unsigned level, const char *name, bool value)
{
	xml_out_text(out, level, name, value ? "true" : "false");
}

void xml_out_uint(struct strbuf *out, unsigned level, const char *name, unsigned value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", value);
	xml_out_text(out, level, name, text);
}

void xml_out_xml(struct strbuf *out, unsigned level, const char *xml)
{
	if (!xml || !*xml)
		return;
	xml_out_indent(out, level);
	strbuf_add_str(out, xml);
}
