// SPDX-License-Identifier: MIT
#include "logs/log_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/utf8.h"

struct log_lines {
	int fd;
	char *path;
	struct masker *masker;
	struct strbuf rest; /* of a line that is not whole */
	uint64_t number;    /* of that line */
	log_line_wanted wanted;
	void *context;
	bool is_over; /* nothing more is wanted */
};

struct log_lines *log_lines_open(const char *path, struct error *err)
{
	struct log_lines *lines;
	int fd;

	if (!fs_open_regular(path, &fd, NULL, err))
		return NULL;
	lines = xcalloc(1, sizeof(*lines));
	*lines = (struct log_lines){
		.fd = fd, .path = xstrdup(path), .masker = masker_new(), .rest = STRBUF_INIT, .number = 1
	};
	return lines;
}

void log_lines_free(struct log_lines *lines)
{
	if (!lines)
		return;
	(void)close(lines->fd);
	free(lines->path);
	masker_free(lines->masker);
	strbuf_release(&lines->rest);
	free(lines);
}

static void give(struct log_lines *lines, const char *text, size_t length, bool is_whole)
{
	struct log_line line = { .number = lines->number,
				 .text = text,
				 .length = length - (is_whole && length && text[length - 1] == '\r'),
				 .raw = length,
				 .is_whole = is_whole };

	if (!lines->is_over)
		lines->is_over = !lines->wanted(lines->context, &line);
	lines->number += is_whole;
}

/* How many bytes at the end of a piece are the beginning of a character that goes on in the next one. */
static size_t cut_length(const char *data, size_t length)
{
	for (size_t tail = 1; tail <= 3 && tail <= length; tail++)
		if (utf8_is_cut(data + length - tail, tail))
			return tail;
	return 0;
}

static void give_rest(struct log_lines *lines)
{
	size_t kept = cut_length(lines->rest.data, lines->rest.length);
	size_t length = lines->rest.length - kept;

	if (!length)
		return;
	give(lines, lines->rest.data, length, false);
	memmove(lines->rest.data, lines->rest.data + length, kept);
	strbuf_set_length(&lines->rest, kept);
}

static void take_whole(struct log_lines *lines, const char *data, size_t length)
{
	if (!lines->rest.length) {
		give(lines, data, length, true);
		return;
	}
	strbuf_add(&lines->rest, data, length);
	give(lines, lines->rest.data, lines->rest.length, true);
	strbuf_clear(&lines->rest);
}

static void take(void *context, const char *data, size_t length)
{
	struct log_lines *lines = context;

	while (length && !lines->is_over) {
		size_t most = length < LOG_LINE_BYTES ? length : LOG_LINE_BYTES;
		const char *newline = memchr(data, '\n', most);
		size_t used = newline ? (size_t)(newline - data) : most;

		if (newline) {
			take_whole(lines, data, used++);
		} else {
			strbuf_add(&lines->rest, data, used);
			if (lines->rest.length >= LOG_LINE_BYTES)
				give_rest(lines);
		}
		data += used;
		length -= used;
	}
}

bool log_lines_read(struct log_lines *lines, log_line_wanted wanted, void *context, struct error *err)
{
	ssize_t got = 1;

	lines->wanted = wanted;
	lines->context = context;
	while (got && !lines->is_over) {
		size_t size;
		char *room = masker_room(lines->masker, &size);

		got = read(lines->fd, room, size);
		if (got < 0 && errno != EINTR)
			return error_set_errno(err, errno, "%s", lines->path);
		if (got > 0)
			masker_take(lines->masker, (size_t)got, take, lines);
	}
	return true;
}

void log_lines_rest(struct log_lines *lines, log_line_wanted wanted, void *context)
{
	lines->wanted = wanted;
	lines->context = context;
	if (lines->is_over)
		return;
	masker_pause(lines->masker, take, lines);
	give_rest(lines);
}

bool log_lines_is_over(const struct log_lines *lines)
{
	return lines->is_over;
}

void log_lines_finish(struct log_lines *lines, log_line_wanted wanted, void *context)
{
	lines->wanted = wanted;
	lines->context = context;
	if (!lines->is_over)
		masker_finish(lines->masker, take, lines);
	if (!lines->is_over && lines->rest.length)
		give(lines, lines->rest.data, lines->rest.length, false);
}

bool log_lines_count(const char *path, uint64_t *ret, struct error *err)
{
	CLEANUP_FREE char *piece = xmalloc(LOG_LINE_BYTES);
	CLEANUP_FD int fd = -1;
	bool in_line = false;
	ssize_t got;

	*ret = 0;
	if (!fs_open_regular(path, &fd, NULL, err))
		return false;
	while ((got = read(fd, piece, LOG_LINE_BYTES)) != 0) {
		if (got < 0 && errno != EINTR)
			return error_set_errno(err, errno, "%s", path);
		for (const char *at = piece, *end = piece + (got > 0 ? got : 0);
		     at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
			++*ret;
		in_line = got > 0 ? piece[got - 1] != '\n' : in_line;
	}
	*ret += in_line;
	return true;
}
