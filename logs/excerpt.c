// SPDX-License-Identifier: MIT
#include "logs/excerpt.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/utf8.h"

/* How much of a file's end is read: room for every line asked for at full length, within reason. */
enum { WINDOW_LEAST_BYTES = 64 * 1024, WINDOW_MOST_BYTES = 4 * 1024 * 1024 };

struct line {
	const char *text;
	size_t length; /* without its newline */
	bool cut;      /* its beginning lies before the window */
};

void excerpt_escape(const char *text, size_t length, struct strbuf *ret)
{
	strbuf_add_visible_bytes(ret, text, length, "\n\t");
}

/* Of the sequence that `text` begins with: ESC [ numbers m. 0: it is none of that kind. */
static size_t colour_length(const char *text, size_t length)
{
	size_t at = 2;

	if (length < 3 || text[0] != '\x1b' || text[1] != '[')
		return 0;
	while (at < length && (isdigit((unsigned char)text[at]) || text[at] == ';' || text[at] == ':'))
		at++;
	return at < length && text[at] == 'm' ? at + 1 : 0;
}

void excerpt_add_uncoloured(const char *line, size_t length, struct strbuf *ret)
{
	for (size_t at = 0; at < length;) {
		size_t skipped = colour_length(line + at, length - at);

		if (!skipped)
			strbuf_add_char(ret, line[at]);
		at += skipped ? skipped : 1;
	}
}

static size_t window_bytes(unsigned line_count, unsigned line_bytes)
{
	size_t wanted = (size_t)line_count * line_bytes;

	if (wanted < WINDOW_LEAST_BYTES)
		return WINDOW_LEAST_BYTES;
	return wanted < WINDOW_MOST_BYTES ? wanted : WINDOW_MOST_BYTES;
}

/* What stands behind `offset`, up to `limit` bytes; false with errno. */
static bool read_end(int fd, off_t offset, size_t limit, struct strbuf *ret)
{
	strbuf_grow(ret, limit);
	while (ret->length < limit) {
		ssize_t got = pread(fd, ret->data + ret->length, limit - ret->length, offset + (off_t)ret->length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		strbuf_set_length(ret, ret->length + (size_t)got);
	}
	return true;
}

static bool is_blank(const struct line *line)
{
	for (size_t i = 0; i < line->length; i++)
		if (!isspace((unsigned char)line->text[i]))
			return false;
	return true;
}

/* The line that ends just before `end`; `first` says whether the text begins at the beginning of a line. */
static struct line line_before(const char *text, size_t end, bool first)
{
	const char *newline = end ? memrchr(text, '\n', end) : NULL;
	const char *start = newline ? newline + 1 : text;
	struct line line = { start, (size_t)(text + end - start), !newline && !first };

	if (line.length && start[line.length - 1] == '\r')
		line.length--;
	return line;
}

/* Fills `lines` from its end; returns how many were found. */
static unsigned collect(const struct strbuf *text, bool first, struct line *lines, unsigned line_count)
{
	size_t end = text->length;
	unsigned found = 0;

	if (end && text->data[end - 1] == '\n')
		end--;
	while (found < line_count) {
		struct line line = line_before(text->data, end, first);

		if (!is_blank(&line))
			lines[line_count - ++found] = line;
		if (line.text == text->data)
			break;
		end = (size_t)(line.text - text->data) - 1;
	}
	return found;
}

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* At most the first `limit` bytes of a line, or the last ones if its beginning is not there; whole characters. */
static struct line shorten(struct line line, unsigned limit)
{
	size_t length = line.length < limit ? line.length : limit;

	if (line.cut) {
		line.text += line.length - length;
		for (unsigned i = 0; i < 3 && length && is_tail(*line.text); i++, length--)
			line.text++;
	} else if (length < line.length) {
		for (unsigned i = 0; i < 3 && length && is_tail(line.text[length]); i++)
			length--;
	}
	line.length = length;
	return line;
}

static void add_line(const struct line *line, unsigned line_bytes, struct strbuf *ret)
{
	CLEANUP_STRBUF struct strbuf plain = STRBUF_INIT;
	struct line whole, shown;

	excerpt_add_uncoloured(line->text, line->length, &plain);
	whole = (struct line){ plain.data, plain.length, line->cut };
	shown = shorten(whole, line_bytes);
	if (line->cut)
		strbuf_add_str(ret, "…");
	excerpt_escape(shown.text, shown.length, ret);
	if (!line->cut && shown.length < whole.length)
		strbuf_add_str(ret, "…");
	strbuf_add_char(ret, '\n');
}

bool excerpt_last_lines(const char *path, unsigned line_count, unsigned line_bytes, struct strbuf *ret,
			struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FREE struct line *lines = xcalloc(line_count, sizeof(*lines));
	size_t window = window_bytes(line_count, line_bytes);
	CLEANUP_FD int fd = -1;
	off_t size = 0;
	off_t offset;
	unsigned found;

	if (!fs_open_regular(path, &fd, &size, err))
		return false;
	offset = size > (off_t)window ? size - (off_t)window : 0;
	if (!read_end(fd, offset, window, &text))
		return error_set_errno(err, errno, "%s", path);
	found = collect(&text, offset == 0, lines, line_count);
	for (unsigned i = line_count - found; i < line_count; i++)
		add_line(&lines[i], line_bytes, ret);
	return true;
}
