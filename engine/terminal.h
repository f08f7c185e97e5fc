// SPDX-License-Identifier: MIT
/*
 * What is drawn on a terminal: its size, colours, and pictures that are redrawn without flicker.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/strbuf.h"

struct terminal_size {
	size_t columns;
	size_t rows;
};

/* The size of the terminal that the descriptor is; 80 times 24 where it does not say. */
struct terminal_size terminal_size(int fd);

/* Whether a descriptor is a terminal that can be drawn on: TERM is set, and not "dumb". */
bool terminal_can_draw(int fd);

enum terminal_colour { TERMINAL_PLAIN, TERMINAL_GOOD, TERMINAL_BAD, TERMINAL_WARN, TERMINAL_DIM };

/* Appends text in a colour; without one where NO_COLOR is set. */
void terminal_add_coloured(struct strbuf *sb, enum terminal_colour colour, const char *text);

/* Writes all of it, in one write where that is possible; errors are not looked at: a terminal may go away at any time. */
void terminal_write(int fd, const struct strbuf *sb);

/*
 * A picture over the whole screen, and the keys that are typed meanwhile. The screen, and what was there before, come back at the end.
 * `struct terminal_screen` is released by scope.
 */
struct terminal_screen {
	bool open;
	bool has_keys;
	void *saved; /* the settings of standard input */
};

#define TERMINAL_SCREEN_INIT       \
	{                          \
		false, false, NULL \
	}

/* Takes the whole screen, and the keys if standard input is a terminal. */
void terminal_screen_open(struct terminal_screen *screen);
void terminal_screen_release(struct terminal_screen *screen);

/* Draws lines (`count` of them, cut where they are) from the top, and clears what is below. */
void terminal_screen_draw(char *const *lines, size_t count);
