// SPDX-License-Identifier: MIT
/*
 * A growing list of owned strings, NULL-terminated so that it can be handed to exec.
 *
 * `items` is NULL only while the list is empty and was never filled.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/cleanup.h"

struct strv {
	char **items;
	size_t count;
	size_t alloc;
};

#define STRV_INIT          \
	{                  \
		NULL, 0, 0 \
	}

void strv_release(struct strv *sv);

#define CLEANUP_STRV CLEANUP(strv_release)

/* Appends a copy. */
void strv_push(struct strv *sv, const char *text);
void strv_pushf(struct strv *sv, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the string itself, which the list now owns. */
void strv_push_take(struct strv *sv, char *text);

/* Whether an item equals `text`; without regard to ASCII case. */
bool strv_contains_nocase(const struct strv *sv, const char *text);

/* Appends the parts of `text` between any of the characters of `separators`; empty parts are left out. */
void strv_split(struct strv *sv, const char *text, const char *separators);
