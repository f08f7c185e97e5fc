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

/* How much of the beginning goes out as it is. */
static size_t plain_length(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && needs[(unsigned char)text[at]] == N)
		at++;
	return at;
}

static void add_escaped(struct strbuf *out, const char *text, size_t length, enum place place)
{
	size_t at = 0;

	while (at < length) {
		size_t plain = plain_length(text + at, length - at);

		strbuf_add(out, text + at, plain);
		at += plain;
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

/* A line feed and the indentation of the levels that occur. */
static const char spaces[] = "\n                                ";

void xml_out_indent(struct strbuf *out, unsigned level)
{
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

static char *put(char *at, const char *data, size_t length)
{
	memcpy(at, data, length);
	return at + length;
}

/* The element of which there are thirty in a step, in one go: text that needs no escaping, on a level that `spaces` has room for. */
static void add_plain(struct strbuf *out, unsigned level, const char *name, const char *text, size_t text_length)
{
	size_t indent_length = 1 + (size_t)level * 2;
	size_t name_length = strlen(name);
	char *at;

	strbuf_grow(out, indent_length + 2 * name_length + text_length + 5);
	at = put(out->data + out->length, spaces, indent_length);
	*at++ = '<';
	at = put(at, name, name_length);
	if (text_length) {
		*at++ = '>';
		at = put(at, text, text_length);
		at = put(at, "</", 2);
		at = put(at, name, name_length);
		*at++ = '>';
	} else {
		at = put(at, " />", 3);
	}
	strbuf_set_length(out, (size_t)(at - out->data));
}

void xml_out_text(struct strbuf *out, unsigned level, const char *name, const char *text)
{
	size_t length = strlen(text);

	if (level < sizeof(spaces) / 2 && plain_length(text, length) == length) {
		add_plain(out, level, name, text, length);
		return;
	}
	xml_out_open(out, level, name);
	add_escaped(out, text, length, IN_TEXT);
	strbuf_add(out, "</", 2);
	strbuf_add_str(out, name);
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
