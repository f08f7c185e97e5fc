// SPDX-License-Identifier: MIT
/*
 * Parts of a log for people: its last lines, made safe for a terminal.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

/*
 * Appends the last `line_count` lines that are not blank, each without its colours, escaped as excerpt_escape does and ended by a newline, to `ret`. Of a longer line the
 * first `line_bytes` and "…" are shown. Reads only the end of the file, whatever its size; where that begins within a line,
 * the end of that line is shown with "…" before it, and only if the whole ones are too few.
 */
bool excerpt_last_lines(const char *path, unsigned line_count, unsigned line_bytes, struct strbuf *ret,
			struct error *err);

/*
 * Appends a line without what colours it (SGR sequences): they say nothing and would stand between the words. All other sequences stay: what moves the cursor could hide
 * something.
 */
void excerpt_add_uncoloured(const char *line, size_t length, struct strbuf *ret);

/*
 * Appends `text` with every control character but newline and tab, invalid UTF-8, C1 and bidirectional control written as `\xNN` or `\u{NNNN}`:
 * shown, not executed.
 */
void excerpt_escape(const char *text, size_t length, struct strbuf *ret);
