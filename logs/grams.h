// SPDX-License-Identifier: MIT
/*
 * The prefilter: finds places of three or four bytes ("grams") of many at once, near the speed of memory, so that regular expressions need
 * to see only the few lines that hold one.
 *
 * At every second place it looks whether the three bytes there may be of a gram: a table has a bit for each hash of three bytes that some gram holds at
 * an even or at an odd place. ASCII letters match in either case.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct grams;

struct grams *grams_new(void);
void grams_free(struct grams *grams); /* NULL is fine */

/* Adds a gram of three or four bytes. Finding it means the bits `sets`. */
void grams_add(struct grams *grams, const char *gram, uint64_t sets);

/*
 * The first gram that begins at or behind *from: returns the place of its last byte, sets *ret_sets and moves *from to where to look on; or returns `length`.
 */
size_t grams_find(const struct grams *grams, const char *data, size_t length, size_t *from, uint64_t *ret_sets);
