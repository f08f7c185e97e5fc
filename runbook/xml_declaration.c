// SPDX-License-Identifier: MIT
#include "runbook/xml_declaration.h"

#include <stdbool.h>
#include <string.h>

struct cursor {
	const char *at;
	const char *end;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t skip_spaces(struct cursor *cursor)
{
	const char *start = cursor->at;

	while (cursor->at < cursor->end && is_space(*cursor->at))
		cursor->at++;
	return (size_t)(cursor->at - start);
}

static bool accept(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

/* S NAME Eq quoted value; the cursor does not move if it is something else. */
static bool accept_value(struct cursor *cursor, const char *name, const char **ret, size_t *ret_length)
{
	struct cursor ahead = *cursor;
	const char *close;
	char quote;

	if (!skip_spaces(&ahead) || !accept(&ahead, name))
		return false;
	skip_spaces(&ahead);
	if (!accept(&ahead, "="))
		return false;
	skip_spaces(&ahead);
	if (ahead.at == ahead.end || (*ahead.at != '"' && *ahead.at != '\''))
		return false;
	quote = *ahead.at++;
	close = memchr(ahead.at, quote, (size_t)(ahead.end - ahead.at));
	if (!close)
		return false;
	*ret = ahead.at;
	*ret_length = (size_t)(close - ahead.at);
	cursor->at = close + 1;
	return true;
}

static bool is_version(const char *value, size_t length)
{
	if (length < 3 || memcmp(value, "1.", 2) != 0)
		return false;
	for (size_t i = 2; i < length; i++)
		if (!is_digit(value[i]))
			return false;
	return true;
}

static bool is_encoding_name(const char *value, size_t length)
{
	if (!length || length >= XML_ENCODING_NAME_SIZE || !is_letter(*value))
		return false;
	for (size_t i = 1; i < length; i++)
		if (!is_letter(value[i]) && !is_digit(value[i]) && !memchr("._-", value[i], 3))
			return false;
	return true;
}

static bool is_yes_or_no(const char *value, size_t length)
{
	return (length == 3 && memcmp(value, "yes", 3) == 0) || (length == 2 && memcmp(value, "no", 2) == 0);
}

static bool parse_parts(struct cursor *cursor, struct xml_declaration *ret)
{
	const char *value;
	size_t length;

	if (!accept_value(cursor, "version", &value, &length) || !is_version(value, length))
		return false;
	if (accept_value(cursor, "encoding", &value, &length)) {
		if (!is_encoding_name(value, length))
			return false;
		memcpy(ret->encoding, value, length);
	}
	if (accept_value(cursor, "standalone", &value, &length) && !is_yes_or_no(value, length))
		return false;
	skip_spaces(cursor);
	return accept(cursor, "?>");
}

enum xml_declaration_found xml_declaration_parse(const char *text, size_t length, struct xml_declaration *ret)
{
	struct cursor cursor = { text, text + length };
	struct xml_declaration found = { 0 };

	if (!accept(&cursor, "<?xml") || cursor.at == cursor.end || !is_space(*cursor.at))
		return XML_DECLARATION_NONE;
	if (!parse_parts(&cursor, &found))
		return XML_DECLARATION_BAD;
	found.length = (size_t)(cursor.at - text);
	*ret = found;
	return XML_DECLARATION_GOOD;
}
