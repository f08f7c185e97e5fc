// SPDX-License-Identifier: MIT
/*
 * The name somebody probably meant. Pure.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/strv.h"

/*
 * The fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other; letters compare without case.
 */
size_t nearest_distance(const char *left, const char *right);

/*
 * The name of the list that is closest to `text`, the first of equally close ones; NULL if the list is empty. A name that begins with the
 * text is closer than any other.
 */
const char *nearest_name(const char *text, const struct strv *names);
