// SPDX-License-Identifier: MIT
/*
 * Memory that is there or the program is not.
 *
 * Each of these aborts with a message when memory runs out, so that callers have no such path. A step that
 * runs is not harmed by it: its supervisor allocated what it needs before the step started.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* As malloc, calloc and strdup; freed with free(). */
void *xmalloc(size_t size_bytes);
void *xcalloc(size_t count, size_t size_bytes);
char *xstrdup(const char *text);

/* Starts at a page: the kernel copies from and to such a buffer at its best speed. Released with free(). */
void *xmalloc_pages(size_t size_bytes);

/* Makes an owned "" of a string that is NULL. */
void xfill(char **text);

/* A copy of the first `length` bytes with a NUL behind them. */
char *xmemdupz(const void *data, size_t length);

/* The formatted text; freed with free(). */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * Makes room for one more item in an array that grows: `items = xgrow(items, count, &alloc, sizeof *items)`.
 * `alloc` is the number of items there is room for; it grows by half at a time.
 */
void *xgrow(void *items, size_t count, size_t *alloc, size_t item_size_bytes);
