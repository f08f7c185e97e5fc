// SPDX-License-Identifier: MIT
/*
 * The lines of a log as it is read, masked once more: a log may have been written without masking, or before a secret was known.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runbook/base/error.h"

struct log_line {
	uint64_t number; /* from 1 */
	const char *text;
	size_t length; /* without the newline, and the return before it if there is one */
	size_t raw;    /* with the return */
	bool is_whole; /* its newline is there; else what follows comes as another line of the same number */
};

/* Returns false once nothing more is wanted. */
typedef bool (*log_line_wanted)(void *context, const struct log_line *line);

enum { LOG_LINE_BYTES = 64 * 1024 };

struct log_lines;

/* Reads `path` from its beginning; it may still grow. NULL with the error if it cannot be opened. */
struct log_lines *log_lines_open(const char *path, struct error *err);
void log_lines_free(struct log_lines *lines); /* NULL is fine */

/*
 * Reads what is there now and calls `wanted` for each line; of a line beyond LOG_LINE_BYTES for each piece, which never ends within a character.
 * What is not whole waits for more.
 */
bool log_lines_read(struct log_lines *lines, log_line_wanted wanted, void *context, struct error *err);

/* Gives out what waits and is no part of a secret, a prompt for instance. */
void log_lines_rest(struct log_lines *lines, log_line_wanted wanted, void *context);

/* Whether nothing more is wanted. */
bool log_lines_is_over(const struct log_lines *lines);

/* The end: gives out what waits. */
void log_lines_finish(struct log_lines *lines, log_line_wanted wanted, void *context);

/* How many lines a file has, the last one counted also if its newline is missing. */
bool log_lines_count(const char *path, uint64_t *ret, struct error *err);
