// SPDX-License-Identifier: MIT
/*
 * Masking: what is secret in a text is replaced by MASK_TEXT before anybody sees or keeps it.
 *
 * Secret is what looks like it (assignments and options with such names, connection strings, headers, URLs with passwords, private keys, tokens of
 * known shape: logs/mask_patterns.c), what the patterns of the admin match, and the values that are known from a secrets file or the environment,
 * in whatever form they are written (logs/literals.h). All other bytes stay as they are. Of what is masked only line breaks and escape sequences
 * are kept.
 *
 * The rules are those of the process: set up once from the options, the same for every place where text leaves. Without a set-up they are the built-in ones.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

#define MASK_TEXT "***"

/* Where the rules come from, besides our own; NULL: nothing. */
struct mask_settings {
	const char
		*secrets_file; /* one secret a line; at least four bytes each, blanks count; empty lines are nothing */
	const char *
		environment; /* names of variables, separated by commas, whose values are secrets; unset ones are nothing */
	const char *
		pattern; /* one regular expression of Perl's kind: its groups are masked, or all of it if it has none */
	const char *pattern_file; /* one such a line; empty lines and lines that begin with # are nothing */
};

/*
 * Puts rules in force. ERROR_USAGE: an expression that is none; ERROR_INPUT: a secret that is too short (it would blot out half of every
 * log) or too long; ERROR_REFUSED: as root, a file that others could change, or a secrets file that others may read.
 */
bool mask_setup(const struct mask_settings *settings, struct error *err);

/* Makes whatever the rules need while there is time, so that processes forked from here share it. */
void mask_prepare(void);

/*
 * Whether output is masked before it is kept: yes, unless somebody has turned it off (who must say why; see engine/run.h). Everything else is masked all
 * the same.
 */
bool mask_is_on(void);
void mask_turn_off(void);

/* Releases them; the built-in ones are in force again, and on. */
void mask_reset(void);

/* The same text masked, as a whole: a secret that it ends in the middle of is masked as far as it goes. */
void mask_text(const char *text, size_t length, struct strbuf *ret);

/* The same for a string: a copy, which the caller frees. */
char *mask_string(const char *text);

/* The value of something named `name`: MASK_TEXT if that name says that it is secret, else masked as any text. The caller frees it. */
char *mask_value(const char *name, const char *value);

/*
 * Masking a stream. However it is cut into pieces, what comes out is the same.
 *
 *	while ((got = read(in, masker_room(masker, &size), size)) > 0)
 *		masker_take(masker, got, sink, context);
 *	masker_finish(masker, sink, context);
 *
 * Output comes line by line; a line, or what of it may be a secret, is held back until it is known: at most MASKER_HOLD_BYTES, then it is taken in
 * pieces. Memory does not depend on the input.
 */
struct masker;

enum { MASKER_HOLD_BYTES = 160 * 1024, MASKER_ROOM_BYTES = 256 * 1024 };

typedef void (*masker_sink)(void *context, const char *data, size_t length);

struct masker *masker_new(void);
void masker_free(struct masker *masker); /* NULL is fine */

/* Where the next bytes go, page-aligned; *ret_size is MASKER_ROOM_BYTES. */
char *masker_room(struct masker *masker, size_t *ret_size);

/* Takes the `length` bytes that were put there. */
void masker_take(struct masker *masker, size_t length, masker_sink sink, void *context);

/* The same for bytes that lie elsewhere. */
void masker_feed(struct masker *masker, const char *data, size_t length, masker_sink sink, void *context);

/* Whether something is held back. */
bool masker_is_holding(const struct masker *masker);

/*
 * Nothing has come for a while: gives out what is no part of a secret whatever comes next, a prompt for instance. Up to three characters with
 * which a known secret begins may be among it; the rest of it is masked all the same.
 */
void masker_pause(struct masker *masker, masker_sink sink, void *context);

/* The end: gives out everything. It can then be used for another stream. */
void masker_finish(struct masker *masker, masker_sink sink, void *context);
