// SPDX-License-Identifier: MIT
/*
 * UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runbook/base/strbuf.h"

/* Reads one character of the `length` bytes at `text`. Returns its length in bytes, or 0 if there is no whole and well-formed one. */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret);

/* Writes a character that is a Unicode scalar value; returns its length in bytes. */
size_t utf8_encode(uint32_t character, char ret[static 4]);

/* The length of the longest prefix that is well-formed and holds no NUL. Fast: text is checked at the speed of memory. */
size_t utf8_valid_prefix(const char *text, size_t length);

/* Whether `text` may be the beginning of a character of which the rest (at most three bytes) is not there yet. */
bool utf8_is_cut(const char *text, size_t length);

/* Whether a text holds a control character: C0, DEL or C1 as UTF-8 writes it. It need not be well-formed. */
bool utf8_has_control(const char *text);

/*
 * Appends `text` so that it can be shown on a terminal or in one line of a message: control characters, line breaks, characters that turn
 * the direction of writing or cannot be seen, and bytes that are no UTF-8 become \x1b, \u{202e} …; a backslash stays. Behind `limit_bytes` of
 * input it is cut and "…" appended.
 */
void strbuf_add_visible(struct strbuf *sb, const char *text, size_t limit_bytes);

/* The same for the `length` bytes at `text`, which may hold NUL. The ASCII characters in `keep` ("\n\t") are left as they are. */
void strbuf_add_visible_bytes(struct strbuf *sb, const char *text, size_t length, const char *keep);
