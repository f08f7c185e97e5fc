// SPDX-License-Identifier: MIT
/*
 * How wide text is on a terminal. Needs a locale of UTF-8 (main sets it).
 *
 * Texts are visible ones, as strbuf_add_visible() makes them: well-formed UTF-8 without control characters.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/strbuf.h"

/* The columns that a text takes: two for a wide character, none for a combining one. */
size_t columns_of(const char *text);

/* The length in bytes of the longest beginning that takes at most `columns`; combining characters stay with theirs. */
size_t columns_prefix(const char *text, size_t columns);

/* Appends the text; one that takes more than `columns` is cut and ends with "…". */
void columns_add_fitted(struct strbuf *sb, const char *text, size_t columns);
