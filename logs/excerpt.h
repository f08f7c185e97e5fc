// SPDX-License-Identifier: MIT
/*
 * Parts of a log for people: its last lines, made safe for a terminal.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

/*
 * Appends the last `line_count` lines that are not blank (each at most `line_bytes`, cut with "…") to `ret`. Reads only the end of the file,
 * whatever its size.
 */
bool excerpt_last_lines(const char *path, unsigned line_count, unsigned line_bytes, struct strbuf *ret,
			struct error *err);

/*
 * Appends `text` with every control character but newline and tab, invalid UTF-8, C1 and bidirectional control written as `\xNN` or `\u{NNNN}`:
 * shown, not executed.
 */
void excerpt_escape(const char *text, size_t length, struct strbuf *ret);
