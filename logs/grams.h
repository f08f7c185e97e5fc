// SPDX-License-Identifier: MIT
/*
 * The prefilter: finds places of four bytes ("grams") of many at once, at the speed of memory, so that regular expressions need
 * to see only the few lines that hold one.
 *
 * It looks at two bytes at a time and skips up to three where no gram can end (the algorithm of Wu and Manber). ASCII letters match in
 * either case.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct grams;

struct grams *grams_new(void);
void grams_free(struct grams *grams); /* NULL is fine */

/* Adds a gram of four bytes, or of three (also found at the beginning of the data). Finding it means the bits `sets`. */
void grams_add(struct grams *grams, const char *gram, uint64_t sets);

/*
 * The first gram that begins at or behind `from`: returns its place and sets *ret_sets, or returns `length`. Whatever stands before `from` is not looked at,
 * but a gram of three is found at 0 and from 1 on.
 */
size_t grams_find(const struct grams *grams, const char *data, size_t length, size_t from, uint64_t *ret_sets);
