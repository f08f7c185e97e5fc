// SPDX-License-Identifier: MIT
/*
 * Files of `name=value` lines that supervisor, engine and steps share.
 *
 * In a value a backslash is written as `\\` and a newline as `\n`, so that one value is one line.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

/* Appends a line; the value is escaped. */
void name_value_add(struct strbuf *text, const char *name, const char *value);
void name_value_add_number(struct strbuf *text, const char *name, int64_t value);

/*
 * Calls `pair` for each line with the unescaped value; empty lines and lines that begin with # are passed over. Returns false if a line has no `=` or
 * an empty name, or if `pair` returned false; *ret_line is then the line's number.
 */
bool name_value_each(const char *text, bool (*pair)(void *context, const char *name, const char *value), void *context,
		     unsigned *ret_line);
