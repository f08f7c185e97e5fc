// SPDX-License-Identifier: MIT
/*
 * Time.
 *
 * Wall-clock times are int64_t nanoseconds since 1970-01-01 UTC (`…_ns`): for people and documents only. Order comes from
 * numbers, durations and deadlines from the boot clock, which nobody can set and which counts suspended time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The unset times of a runbook: System.DateTime.MinValue and MaxValue as .NET writes them. */
#define CLOCK_TEXT_MIN "0001-01-01T00:00:00"
#define CLOCK_TEXT_MAX "9999-12-31T23:59:59.9999999"

enum { CLOCK_TEXT_SIZE = 40, CLOCK_BOOT_ID_SIZE = 37 };

/* Now: since 1970 UTC, which people and the machine may set; and since boot, suspended or not, which only grows. */
int64_t clock_wall_ns(void);
int64_t clock_boot_ns(void);

/* Writes `2015-08-26T23:55:07.9930982+00:00` (seven fraction digits, rounded down), as .NET's round-trip format does. */
void clock_format_utc(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);

/*
 * Reads such a time: any number of fraction digits up to nine, offset `Z`, `+hh:mm`, `-hh:mm` or none (UTC).
 * Returns false if the text is none, is one of the unset times, or lies outside 1970…2200.
 */
bool clock_parse_utc(const char *text, int64_t *ret_ns);

/* Writes `2015-08-26 23:55:07 UTC`, for people. */
void clock_format_plain(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);

/* Writes `2015-08-26--23-55-07`: the stamp in a log file's name. */
void clock_format_stamp(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);

/* Writes a duration for people: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`. Negative counts as 0. */
void clock_format_duration(int64_t duration_ns, char ret[static CLOCK_TEXT_SIZE]);

/* The kernel's id of this boot (36 characters); "unknown" where /proc does not tell. */
void clock_boot_id(char ret[static CLOCK_BOOT_ID_SIZE]);
