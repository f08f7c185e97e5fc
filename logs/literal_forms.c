// SPDX-License-Identifier: MIT
#include <string.h>

#include "logs/literals.h"
#include "runbook/base/strbuf.h"

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool add(struct literals *literals, const struct strbuf *form)
{
	return literals_add(literals, form->data, form->length);
}

/* What is not in `plain` is written as %XX, with the digits' case of `format`; a blank as `blank` if that is not 0. */
struct url_form {
	const char *plain;
	const char *format;
	char blank;
};

static bool add_url_form(struct literals *literals, const char *secret, size_t length, const struct url_form *way)
{
	CLEANUP_STRBUF struct strbuf form = STRBUF_INIT;

	for (size_t i = 0; i < length; i++) {
		if (is_alphanumeric(secret[i]) || (secret[i] && strchr(way->plain, secret[i])))
			strbuf_add_char(&form, secret[i]);
		else if (secret[i] == ' ' && way->blank)
			strbuf_add_char(&form, way->blank);
		else if (way->format[0] == 'X')
			strbuf_addf(&form, "%%%02X", (unsigned char)secret[i]);
		else
			strbuf_addf(&form, "%%%02x", (unsigned char)secret[i]);
	}
	return add(literals, &form);
}

static bool add_url_forms(struct literals *literals, const char *secret, size_t length)
{
	static const struct url_form ways[] = {
		{ "-_.~", "X", 0 },      { "-_.~", "x", 0 },  { "-_.*", "X", '+' },          { "-_.*", "x", '+' },
		{ "-_.~!*'()", "X", 0 }, { "-_.~/", "X", 0 }, { "-_.~!$&'()*+,;=", "X", 0 },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!add_url_form(literals, secret, length, &ways[i]))
			return false;
	return true;
}

/* What stands for a character where quotes, brackets and the like mean something. */
struct escape {
	char character;
	const char *text;
};

static bool add_escaped(struct literals *literals, const char *secret, size_t length, const struct escape *escapes)
{
	CLEANUP_STRBUF struct strbuf form = STRBUF_INIT;

	for (size_t i = 0; i < length; i++) {
		const struct escape *escape = escapes;

		while (escape->character && escape->character != secret[i])
			escape++;
		if (escape->character)
			strbuf_add_str(&form, escape->text);
		else
			strbuf_add_char(&form, secret[i]);
	}
	return add(literals, &form);
}

/* As printf's %q: a backslash before whatever means something to a shell. */
static bool add_backslashed(struct literals *literals, const char *secret, size_t length)
{
	CLEANUP_STRBUF struct strbuf form = STRBUF_INIT;

	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)secret[i] < 0x80 && !is_alphanumeric(secret[i]) && !strchr("-_./:=@%+", secret[i]))
			strbuf_add_char(&form, '\\');
		strbuf_add_char(&form, secret[i]);
	}
	return add(literals, &form);
}

static bool add_quoted_forms(struct literals *literals, const char *secret, size_t length)
{
	static const struct escape json[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { '\t', "\\t" }, { 0, NULL } };
	static const struct escape json_slash[] = {
		{ '"', "\\\"" }, { '\\', "\\\\" }, { '\t', "\\t" }, { '/', "\\/" }, { 0, NULL }
	};
	static const struct escape json_html[] = { { '"', "\\\"" },    { '\\', "\\\\" },   { '<', "\\u003c" },
						   { '>', "\\u003e" }, { '&', "\\u0026" }, { 0, NULL } };
	static const struct escape xml[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { 0, NULL } };
	static const struct escape xml_attribute[] = { { '&', "&amp;" },  { '<', "&lt;" },    { '>', "&gt;" },
						       { '"', "&quot;" }, { '\'', "&apos;" }, { 0, NULL } };
	static const struct escape html[] = { { '&', "&amp;" },  { '<', "&lt;" },   { '>', "&gt;" },
					      { '"', "&quot;" }, { '\'', "&#39;" }, { 0, NULL } };
	static const struct escape shell[] = { { '\'', "'\\''" }, { 0, NULL } };
	static const struct escape shell_double[] = { { '\'', "'\"'\"'" }, { 0, NULL } };
	static const struct escape doubled[] = { { '\'', "''" }, { 0, NULL } };
	static const struct escape *const all[] = { json, json_slash, json_html,    xml,    xml_attribute,
						    html, shell,      shell_double, doubled };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!add_escaped(literals, secret, length, all[i]))
			return false;
	return add_backslashed(literals, secret, length);
}

/* The characters that only the secret decides, if `before` bytes stand in front of it. */
static void base64_core(const char *secret, size_t length, size_t before, struct strbuf *ret)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t first = (before * 8 + 5) / 6, end = (before + length) * 8 / 6;

	for (size_t i = first; i < end; i++) {
		unsigned value = 0;

		for (size_t bit = i * 6; bit < i * 6 + 6; bit++) {
			size_t at = bit - before * 8;

			value = value << 1 | ((unsigned char)secret[at / 8] >> (7 - at % 8) & 1);
		}
		strbuf_add_char(ret, digits[value]);
	}
}

static bool add_base64_forms(struct literals *literals, const char *secret, size_t length)
{
	for (size_t before = 0; before < 3; before++) {
		CLEANUP_STRBUF struct strbuf form = STRBUF_INIT;

		base64_core(secret, length, before, &form);
		if (!add(literals, &form))
			return false;
		for (size_t i = 0; i < form.length; i++)
			form.data[i] = (char)(form.data[i] == '+' ? '-' : form.data[i] == '/' ? '_' : form.data[i]);
		if (!add(literals, &form))
			return false;
	}
	return true;
}

bool literals_add_forms(struct literals *literals, const char *secret, size_t length)
{
	return literals_add(literals, secret, length) && add_url_forms(literals, secret, length) &&
	       add_quoted_forms(literals, secret, length) && add_base64_forms(literals, secret, length);
}
