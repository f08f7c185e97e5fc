// SPDX-License-Identifier: MIT
/*
 * Versions of services: numbers with dots between them. Pure.
 */
#pragma once

#include <stdbool.h>

/*
 * Compares two versions number by number: *ret is less than, equal to or greater than 0. A number that is missing at the end is 0, leading zeros say nothing, and
 * numbers may be of any length. False if one of them is no version ("", "1.x", "1..2"); white space around is none of it.
 */
bool version_compare(const char *a, const char *b, int *ret);
