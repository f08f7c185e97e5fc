// SPDX-License-Identifier: MIT
/*
 * JSON values of what the ledger holds.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

/* Once, before anything else: running out of memory ends the program in JSON as everywhere. */
void json_value_init(void);

/* A string, masked; bytes that are no UTF-8 are written as `\xNN`, which JSON could not hold otherwise. */
json_t *json_value_text(const char *text);

/* The same for the `length` bytes at `text`, which may hold NUL and are masked already. */
json_t *json_value_bytes(const char *text, size_t length);

/* A wall-clock time as documents write it; null for 0. */
json_t *json_value_time(int64_t wall_ns);

/* A duration in milliseconds; null for one that is not known (less than 0). */
json_t *json_value_duration(int64_t duration_ns);

/* A number; null below `least`: the unknown numbers of the ledger. */
json_t *json_value_known(int64_t value, int64_t least);
