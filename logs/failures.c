// SPDX-License-Identifier: MIT
#include "logs/failures.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "logs/escape_sequence.h"
#include "logs/excerpt.h"
#include "logs/grams.h"
#include "logs/pattern.h"
#include "logs/pattern_gram.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"
#include "runbook/base/utf8.h"

enum { SETS = 64, COUNT_BYTES = 256 * 1024 };

/* Of a longer line only the beginning is judged: nobody writes what went wrong behind it. */
enum { JUDGED_BYTES = 8 * 1024 };

/* What errors look like that nobody knows: used when nothing else says anything. */
static const char error_words[] =
	"(?<!\\b0 )(?<!\\bno )\\b(?:error|errors|err|fail(?:ed|ure|s)?|fatal|panic|exception|traceback|abort(?:ed|ing)?|denied|refused|rejected|"
	"cannot|can't|could not|couldn't|unable|not found|no such|not permitted|timed out|timeout|corrupt(?:ed)?|invalid|illegal|"
	"undefined|unexpected|missing|killed|segmentation fault|core dumped|E:|\\*\\*\\*)(?!=|\\s*[:=]\\s*(?:0|none|no)\\b)";

struct line {
	const char *text;
	size_t length;
};

/* A pattern of a failure. */
struct rule {
	const struct failure *failure;
	struct pattern *pattern;
	uint64_t set;
};

struct failure_finder {
	struct rule *rules;
	size_t count;
	size_t alloc;
	uint64_t always; /* sets of patterns that no gram tells of */
	struct grams *grams;
	struct pattern *errors;
	const struct failure **silent; /* those that no line tells of */
	size_t silent_count;
	size_t silent_alloc;
};

struct failure_finder *failure_finder_new(void)
{
	struct failure_finder *finder = xcalloc(1, sizeof(*finder));

	finder->grams = grams_new();
	finder->errors = pattern_new(error_words, PATTERN_CASELESS);
	return finder;
}

void failure_finder_free(struct failure_finder *finder)
{
	if (!finder)
		return;
	for (size_t i = 0; i < finder->count; i++)
		pattern_free(finder->rules[i].pattern);
	free(finder->rules);
	free(finder->silent);
	grams_free(finder->grams);
	pattern_free(finder->errors);
	free(finder);
}

static void add_rule(struct failure_finder *finder, const struct failure *failure, const char *text,
		     struct pattern *pattern)
{
	uint64_t set = UINT64_C(1) << (finder->count % SETS);
	char gram[PATTERN_GRAM_SIZE];

	finder->rules = xgrow(finder->rules, finder->count, &finder->alloc, sizeof(*finder->rules));
	finder->rules[finder->count++] = (struct rule){ failure, pattern, set };
	if (pattern_gram(text, gram))
		grams_add(finder->grams, gram, set);
	else
		finder->always |= set;
}

static void add_silent(struct failure_finder *finder, const struct failure *failure)
{
	finder->silent =
		xgrow(finder->silent, finder->silent_count, &finder->silent_alloc, sizeof(const struct failure *));
	finder->silent[finder->silent_count++] = failure;
}

bool failure_finder_add(struct failure_finder *finder, const struct failure *failure, struct error *err)
{
	CLEANUP_STRV struct strv patterns = STRV_INIT;
	bool fine = true;

	strv_split(&patterns, failure->patterns, "\n");
	for (size_t i = 0; i < patterns.count; i++) {
		CLEANUP_ERROR struct error wrong = ERROR_INIT;
		struct pattern *pattern = pattern_parse(patterns.items[i], PATTERN_CASELESS, &wrong);

		if (pattern)
			add_rule(finder, failure, patterns.items[i], pattern);
		else if (fine)
			fine = error_set(err, ERROR_USAGE, "%s: %s", failure->code, wrong.message);
	}
	if (failure->how != FAILS_BY_LINE)
		add_silent(finder, failure);
	return fine;
}

void failure_finder_add_known(struct failure_finder *finder)
{
	for (size_t i = 0; i < failures_known_count; i++) {
		CLEANUP_ERROR struct error none = ERROR_INIT;

		(void)failure_finder_add(finder, &failures_known[i], &none);
	}
}

/* ---- Lines ----------------------------------------------------------------------------------------------- */

/* Colours are no part of what a line says. */
static void clean(struct line *line, struct strbuf *storage)
{
	uint8_t escape = ESCAPE_NONE;

	if (line->length > JUDGED_BYTES)
		line->length = JUDGED_BYTES;
	if (!memchr(line->text, ESCAPE_BYTE, line->length))
		return;
	for (size_t i = 0; i < line->length; i++) {
		unsigned char byte = (unsigned char)line->text[i];

		if (!escape && byte != ESCAPE_BYTE)
			strbuf_add_char(storage, line->text[i]);
		else
			escape = escape_step(escape, byte);
	}
	*line = (struct line){ storage->data, storage->length };
}

static bool matches(struct pattern *pattern, const struct line *line)
{
	struct pattern_span match;

	return pattern_match(pattern, (struct pattern_span){ 0, line->length }, line->text, false, &match) ==
	       PATTERN_FOUND;
}

const struct failure *failure_of_line(struct failure_finder *finder, const char *text, size_t length)
{
	CLEANUP_STRBUF struct strbuf storage = STRBUF_INIT;
	struct line line = { text, length };
	uint64_t sets = finder->always, found;
	size_t from = 0;

	clean(&line, &storage);
	while (grams_find(finder->grams, line.text, line.length, &from, &found) < line.length)
		sets |= found;
	for (size_t i = 0; i < finder->count; i++)
		if ((finder->rules[i].set & sets) && matches(finder->rules[i].pattern, &line))
			return finder->rules[i].failure;
	return NULL;
}

bool failure_looks_like_error(struct failure_finder *finder, const char *text, size_t length)
{
	CLEANUP_STRBUF struct strbuf storage = STRBUF_INIT;
	struct line line = { text, length };

	clean(&line, &storage);
	return matches(finder->errors, &line);
}

/* ---- A log ----------------------------------------------------------------------------------------------- */

/* The end of a log, from the beginning of a line on. */
struct window {
	struct strbuf text;
	uint64_t first; /* number of its first line */
};

struct look {
	struct failure_finder *finder;
	const struct window *window;
	struct diagnosis *diagnosis;
	uint64_t after; /* number of the line behind the one that is looked at */
};

void diagnosis_release(struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < diagnosis->line_count; i++)
		free(diagnosis->lines[i].text);
	*diagnosis = (struct diagnosis){ 0 };
}

/* Lines are found from the last to the first, and kept in the order of the log. */
static void keep_line(struct diagnosis *diagnosis, uint64_t number, const char *line, size_t length)
{
	CLEANUP_STRBUF struct strbuf plain = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (diagnosis->line_count == FAILING_LINES)
		return;
	excerpt_add_uncoloured(line, length, &plain);
	strbuf_add_visible_bytes(&text, plain.data,
				 plain.length < FAILING_LINE_BYTES ? plain.length : FAILING_LINE_BYTES, "\t");
	if (plain.length > FAILING_LINE_BYTES)
		strbuf_add_str(&text, "…");
	memmove(diagnosis->lines + 1, diagnosis->lines, diagnosis->line_count * sizeof(diagnosis->lines[0]));
	diagnosis->lines[0] = (struct failing_line){ number, strbuf_detach(&text) };
	diagnosis->line_count++;
}

/* Returns false once nothing more is wanted. */
typedef bool (*line_wanted)(struct look *look, uint64_t number, const char *line, size_t length);

/* Calls for each line, the last first. */
static void each_line_back(struct look *look, line_wanted wanted)
{
	const struct strbuf *text = &look->window->text;
	size_t end = text->length - (text->length && text->data[text->length - 1] == '\n');
	uint64_t number = look->after;

	for (;;) {
		const char *newline = end ? memrchr(text->data, '\n', end) : NULL;
		size_t start = newline ? (size_t)(newline - text->data) + 1 : 0;
		size_t length = end - start - (end > start && text->data[end - 1] == '\r');

		if (!wanted(look, --number, text->data + start, length) || !newline)
			return;
		end = start - 1;
	}
}

static bool take_known(struct look *look, uint64_t number, const char *line, size_t length)
{
	const struct failure *failure = failure_of_line(look->finder, line, length);
	struct diagnosis *diagnosis = look->diagnosis;

	if (failure && !diagnosis->failure)
		diagnosis->failure = failure;
	if (failure && failure == diagnosis->failure)
		keep_line(diagnosis, number, line, length);
	return diagnosis->line_count < FAILING_LINES;
}

static bool take_error(struct look *look, uint64_t number, const char *line, size_t length)
{
	if (failure_looks_like_error(look->finder, line, length))
		keep_line(look->diagnosis, number, line, length);
	return look->diagnosis->line_count < FAILING_LINES;
}

static uint64_t count_newlines(const char *data, size_t length)
{
	const char *at = data, *end = data + length;
	uint64_t count = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count;
}

static bool read_at(int fd, off_t offset, size_t length, struct strbuf *ret)
{
	ssize_t got;

	strbuf_clear(ret);
	strbuf_grow(ret, length);
	do
		got = pread(fd, ret->data, length, offset);
	while (got < 0 && errno == EINTR);
	strbuf_set_length(ret, got > 0 ? (size_t)got : 0);
	return got > 0;
}

/* How many lines end before `offset`. */
static uint64_t count_lines_before(int fd, off_t offset)
{
	CLEANUP_STRBUF struct strbuf piece = STRBUF_INIT;
	uint64_t count = 0;
	off_t at = 0;

	while (at < offset &&
	       read_at(fd, at, offset - at < COUNT_BYTES ? (size_t)(offset - at) : COUNT_BYTES, &piece)) {
		count += count_newlines(piece.data, piece.length);
		at += (off_t)piece.length;
	}
	return count;
}

static void open_window(const char *log_path, struct window *ret)
{
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	CLEANUP_FD int fd = -1;
	off_t size = 0, start;

	if (!log_path || !*log_path || !fs_open_regular(log_path, &fd, &size, &unreadable))
		return;
	start = size > FAILURE_WINDOW_BYTES ? size - FAILURE_WINDOW_BYTES : 0;
	(void)read_at(fd, start, FAILURE_WINDOW_BYTES, &ret->text);
	ret->first = 1 + count_lines_before(fd, start);
}

/* How a step ended that was ended at its timeout says nothing of itself. */
static bool ended_so(const struct failure *failure, const struct failure_end *end)
{
	if (end->timed_out || failure->how == FAILS_BY_TIMEOUT)
		return end->timed_out && failure->how == FAILS_BY_TIMEOUT;
	return failure->number == (failure->how == FAILS_BY_SIGNAL ? end->signal : end->exit_code);
}

static const struct failure *failure_of_end(const struct failure_finder *finder, const struct failure_end *end)
{
	for (size_t i = 0; i < finder->silent_count; i++) {
		const struct failure *failure = finder->silent[i];

		if (ended_so(failure, end))
			return failure;
	}
	return NULL;
}

void failure_diagnose(struct failure_finder *finder, const char *log_path, const struct failure_end *end,
		      struct diagnosis *ret)
{
	struct window window = { .text = STRBUF_INIT };
	struct look look = { .finder = finder, .window = &window, .diagnosis = ret };

	*ret = (struct diagnosis){ 0 };
	open_window(log_path, &window);
	if (window.text.length) {
		look.after = window.first + count_newlines(window.text.data, window.text.length) +
			     (window.text.data[window.text.length - 1] != '\n');
		each_line_back(&look, take_known);
		if (!ret->line_count)
			each_line_back(&look, take_error);
	}
	/* A step that was ended at its timeout says so itself, whatever it had to say before. */
	if (!ret->failure || end->timed_out)
		ret->failure = failure_of_end(finder, end) ? failure_of_end(finder, end) : ret->failure;
	strbuf_release(&window.text);
}
