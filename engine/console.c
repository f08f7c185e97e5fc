// SPDX-License-Identifier: MIT
#include "engine/console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/progress.h"
#include "logs/excerpt.h"
#include "logs/mask.h"
#include "runbook/base/strbuf.h"

static bool in_the_middle_of_a_line;
static bool is_output_taken;

void console_give_away_output(void)
{
	is_output_taken = true;
}

static void put(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(fd, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return;
		data += written;
		length -= (size_t)written;
	}
}

static __attribute__((format(printf, 2, 0))) void put_line(int fd, const char *format, va_list args)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT, masked = STRBUF_INIT;

	progress_hide();
	strbuf_vaddf(&text, format, args);
	mask_text(text.data, text.length, &masked);
	strbuf_add_char(&masked, '\n');
	put(fd, masked.data, masked.length);
}

void console_line(const char *format, ...)
{
	va_list args;

	if (is_output_taken)
		return;
	va_start(args, format);
	put_line(STDOUT_FILENO, format, args);
	va_end(args);
}

void console_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(STDERR_FILENO, format, args);
	va_end(args);
}

void console_output(const char *data, size_t length)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	if (!length || is_output_taken)
		return;
	if (progress_is_active()) {
		progress_output(data, length);
		return;
	}
	in_the_middle_of_a_line = data[length - 1] != '\n';
	if (!isatty(STDOUT_FILENO)) {
		put(STDOUT_FILENO, data, length);
		return;
	}
	excerpt_escape(data, length, &shown);
	put(STDOUT_FILENO, shown.data, shown.length);
}

void console_output_end(void)
{
	if (in_the_middle_of_a_line)
		put(STDOUT_FILENO, "\n", 1);
	in_the_middle_of_a_line = false;
}
