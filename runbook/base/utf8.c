// SPDX-License-Identifier: MIT
#include "runbook/base/utf8.h"

#include <string.h>

/* Bytes behind the first one, and the smallest character that needs so many. */
static size_t tail_length(unsigned char first, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (first >= 0xc2 && first < 0xe0) {
		*ret_bits = first & 0x1fU;
		*ret_least = 0x80;
		return 1;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*ret_bits = first & 0x0fU;
		*ret_least = 0x800;
		return 2;
	}
	if (first >= 0xf0 && first < 0xf5) {
		*ret_bits = first & 0x07U;
		*ret_least = 0x10000;
		return 3;
	}
	return 0;
}

static bool is_scalar(uint32_t character, uint32_t least)
{
	return character >= least && character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

size_t utf8_decode(const char *text, size_t length, uint32_t *ret)
{
	uint32_t bits = 0;
	uint32_t least = 0;
	size_t tail;

	if (!length)
		return 0;
	if (!(text[0] & 0x80)) {
		*ret = (uint32_t)text[0];
		return 1;
	}
	tail = tail_length((unsigned char)text[0], &bits, &least);
	if (!tail || length <= tail)
		return 0;
	for (size_t i = 1; i <= tail; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		bits = bits << 6 | ((unsigned char)text[i] & 0x3fU);
	}
	if (!is_scalar(bits, least))
		return 0;
	*ret = bits;
	return tail + 1;
}

size_t utf8_encode(uint32_t character, char ret[static 4])
{
	size_t tail = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
	static const unsigned char marks[] = { 0x00, 0xc0, 0xe0, 0xf0 };

	for (size_t i = tail; i > 0; i--) {
		ret[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	ret[0] = (char)(marks[tail] | character);
	return tail + 1;
}

/* Eight bytes at a time: none of them NUL or above 0x7f. The lowest set bit of a NUL is found by the borrow of the subtraction. */
static bool is_plain_block(const char *text)
{
	uint64_t block[4];
	uint64_t bad = 0;

	memcpy(block, text, sizeof(block));
	for (size_t i = 0; i < 4; i++)
		bad |= block[i] | (block[i] - UINT64_C(0x0101010101010101));
	return !(bad & UINT64_C(0x8080808080808080));
}

size_t utf8_valid_prefix(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		uint32_t character;
		size_t step;

		while (length - at >= 32 && is_plain_block(text + at))
			at += 32;
		for (size_t end = length - at < 32 ? length : at + 32; at < end; at += step) {
			step = utf8_decode(text + at, length - at, &character);
			if (!step || !text[at])
				return at;
		}
	}
	return at;
}

bool utf8_is_cut(const char *text, size_t length)
{
	uint32_t bits = 0;
	uint32_t least = 0;
	size_t tail = length ? tail_length((unsigned char)text[0], &bits, &least) : 0;

	if (!length || length > tail)
		return false;
	for (size_t i = 1; i < length; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return false;
	return true;
}

bool utf8_has_control(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	return false;
}

/* C0, DEL and C1; soft hyphen, zero width, marks and overrides of direction, byte order mark, line and paragraph separators. */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0xfffe ||
	       c == 0xffff || (c >= 0xe0000 && c <= 0xe007f);
}

/* Appends the character, or the byte that is none, at the start of `text`; returns its length. */
static size_t add_visible_character(struct strbuf *sb, const char *text, size_t length, const char *keep)
{
	uint32_t character = 0;
	size_t step = utf8_decode(text, length, &character);

	if (step == 1 && character && strchr(keep, *text))
		strbuf_add_char(sb, *text);
	else if (!step || (step == 1 && is_invisible(character)))
		strbuf_addf(sb, "\\x%02x", (unsigned char)*text);
	else if (is_invisible(character))
		strbuf_addf(sb, "\\u{%x}", (unsigned)character);
	else
		strbuf_add(sb, text, step);
	return step ? step : 1;
}

void strbuf_add_visible_bytes(struct strbuf *sb, const char *text, size_t length, const char *keep)
{
	size_t at = 0;

	while (at < length)
		at += add_visible_character(sb, text + at, length - at, keep);
}

void strbuf_add_visible(struct strbuf *sb, const char *text, size_t limit_bytes)
{
	size_t length = strlen(text);
	size_t at = 0;

	while (at < length && at < limit_bytes)
		at += add_visible_character(sb, text + at, length - at, "");
	if (at < length)
		strbuf_add_str(sb, "…");
}
