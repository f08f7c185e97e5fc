// SPDX-License-Identifier: MIT
#include "engine/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

/* A whole picture is shown at once where the terminal knows how (mode 2026); others pass it over. */
#define BEGIN_PICTURE "\033[?2026h"
#define END_PICTURE "\033[?2026l"

struct terminal_size terminal_size(int fd)
{
	struct winsize size = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return (struct terminal_size){ 80, 24 };
	return (struct terminal_size){ size.ws_col, size.ws_row };
}

bool terminal_can_draw(int fd)
{
	const char *kind = getenv("TERM");

	return kind && *kind && strcmp(kind, "dumb") != 0 && isatty(fd);
}

void terminal_add_coloured(struct strbuf *sb, enum terminal_colour colour, const char *text)
{
	static const char *const sequences[] = { "", "\033[32m", "\033[31m", "\033[33m", "\033[2m" };
	const char *no_colour = getenv("NO_COLOR");
	bool plain = colour == TERMINAL_PLAIN || (no_colour && *no_colour);

	strbuf_add_str(sb, plain ? "" : sequences[colour]);
	strbuf_add_str(sb, text);
	strbuf_add_str(sb, plain ? "" : "\033[0m");
}

void terminal_write(int fd, const struct strbuf *sb)
{
	size_t done = 0;

	while (done < sb->length) {
		ssize_t written = write(fd, sb->data + done, sb->length - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return;
		done += (size_t)written;
	}
}

static void write_text(const char *text)
{
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	strbuf_add_str(&sb, text);
	terminal_write(STDOUT_FILENO, &sb);
}

/* Keys come one by one and are not shown; ^C stays a signal. */
static void take_keys(struct terminal_screen *screen)
{
	struct termios *saved = xmalloc(sizeof(*saved));
	struct termios changed;

	screen->saved = saved;
	screen->has_keys = tcgetattr(STDIN_FILENO, saved) == 0;
	if (!screen->has_keys)
		return;
	changed = *saved;
	changed.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &changed);
}

void terminal_screen_open(struct terminal_screen *screen)
{
	take_keys(screen);
	write_text("\033[?1049h\033[?25l\033[2J");
	screen->open = true;
}

void terminal_screen_release(struct terminal_screen *screen)
{
	if (screen->open)
		write_text("\033[?25h\033[?1049l");
	if (screen->has_keys)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, screen->saved);
	free(screen->saved);
	*screen = (struct terminal_screen)TERMINAL_SCREEN_INIT;
}

void terminal_screen_draw(char *const *lines, size_t count)
{
	CLEANUP_STRBUF struct strbuf picture = STRBUF_INIT;

	strbuf_add_str(&picture, BEGIN_PICTURE "\033[H");
	for (size_t i = 0; i < count; i++) {
		strbuf_add_str(&picture, i ? "\r\n" : "");
		strbuf_add_str(&picture, lines[i]);
		strbuf_add_str(&picture, "\033[K");
	}
	strbuf_add_str(&picture, "\033[J" END_PICTURE);
	terminal_write(STDOUT_FILENO, &picture);
}
