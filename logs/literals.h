// SPDX-License-Identifier: MIT
/*
 * Finds any of many known texts in a stream, also where line breaks (with blanks behind them), escape sequences of terminals or NUL bytes were put
 * between their characters, and wherever the stream is cut into pieces. The longest of those that end at one place counts.
 *
 *	literals_add … → literals_seal → literal_scan_init, literal_scan_take …
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct literals;

struct literals *literals_new(void);
void literals_free(struct literals *literals); /* NULL is fine */

/* Adds a text of LITERAL_LEAST to LITERAL_MOST bytes. False: there is no room for more. */
enum { LITERAL_LEAST = 4, LITERAL_MOST = 4096, LITERALS_MOST_BYTES = 256 * 1024 };
bool literals_add(struct literals *literals, const char *text, size_t length);
bool literals_are_none(const struct literals *literals);

/* Once, before the first scan. */
void literals_seal(struct literals *literals);

/* How far a match may stretch, with all that is put between: what is longer is no match. */
enum { LITERAL_SPAN = 64 * 1024 };

struct literal_scan {
	const struct literals *literals;
	uint32_t node;
	uint32_t depth; /* so many characters of some text are there */
	uint64_t at;    /* place in the stream */
	uint64_t count; /* of characters that were put into `places` */
	uint8_t escape; /* state within an escape sequence */
	bool line_begins;
	uint64_t *places; /* of the last characters, a ring */
};

void literal_scan_init(struct literal_scan *scan, const struct literals *literals);
void literal_scan_release(struct literal_scan *scan);

/* Called with each match: from `start` to `end` in the stream. */
typedef void (*literal_found)(void *context, uint64_t start, uint64_t end);

void literal_scan_take(struct literal_scan *scan, const char *data, size_t length, literal_found found, void *context);

/* Where what may be the beginning of a match begins; the end of the stream so far if there is none. */
uint64_t literal_scan_open(const struct literal_scan *scan);

/*
 * The forms in which a secret is written: as it is, in a URL, in JSON, in XML, quoted for a shell, and in base64 wherever it stands within what was encoded.
 */
bool literals_add_forms(struct literals *literals, const char *secret, size_t length);
