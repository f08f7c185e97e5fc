// SPDX-License-Identifier: MIT
/*
 * A growing string.
 *
 * Always NUL-terminated behind `length` bytes, which may themselves hold NUL. STRBUF_INIT needs no memory; `data`
 * is never NULL. Release it by scope: `CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;`
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/cleanup.h"

struct strbuf {
	char *data;
	size_t length;
	size_t alloc; /* 0: data is the shared empty string */
};

extern char strbuf_empty[];

#define STRBUF_INIT                \
	{                          \
		strbuf_empty, 0, 0 \
	}

void strbuf_release(struct strbuf *sb);

#define CLEANUP_STRBUF CLEANUP(strbuf_release)

/* Empties it and keeps the memory. */
void strbuf_clear(struct strbuf *sb);

/* Makes room for `extra` more bytes (and a NUL); the place behind `length` may then be written directly. */
void strbuf_grow(struct strbuf *sb, size_t extra);

/* Sets the length after such a direct write, or shortens. */
void strbuf_set_length(struct strbuf *sb, size_t length);

/* Appends: bytes, a string, one byte, a formatted text. */
void strbuf_add(struct strbuf *sb, const void *data, size_t length);
void strbuf_add_str(struct strbuf *sb, const char *text);
void strbuf_add_char(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Removes white space at both ends. */
void strbuf_trim(struct strbuf *sb);

/* Hands out the string (the caller frees it) and leaves the buffer empty. Never NULL. */
char *strbuf_detach(struct strbuf *sb);
