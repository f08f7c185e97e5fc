// SPDX-License-Identifier: MIT
/*
 * What every match of a regular expression holds. Internal to logs/.
 */
#pragma once

#include <stdbool.h>

enum { PATTERN_GRAM_SIZE = 5 };

/*
 * Finds four characters (three if there are no more) that every match of the expression holds as they are, case aside. False if it cannot be
 * told: also for many expressions that have some.
 */
bool pattern_gram(const char *text, char ret[static PATTERN_GRAM_SIZE]);
