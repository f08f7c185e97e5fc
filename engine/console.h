// SPDX-License-Identifier: MIT
/*
 * What an execution shows: the lines that other people's scripts read on standard output, everything else on standard error.
 *
 * Our own lines are masked; a step's output was masked when it was captured. A terminal that has gone away never stops a run: errors of writing are not looked at. On a terminal control characters of
 * a step's output are shown, not executed; elsewhere its bytes are passed on as they are. Where engine/progress.h is
 * active, it shows of the output what it has room for.
 */
#pragma once

#include <stddef.h>

/* One line of our own on standard output. */
void console_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line for people, on standard error. */
void console_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Standard output belongs to somebody else from now on: nothing is written there any more. */
void console_give_away_output(void);

/* A piece of a step's output. */
void console_output(const char *data, size_t length);

/* Ends a step's output: the next line begins at the left. */
void console_output_end(void);
