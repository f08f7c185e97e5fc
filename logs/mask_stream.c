// SPDX-License-Identifier: MIT
/*
 * Which lines of a stream are looked at, and what goes on from one line to the next.
 *
 * What is decided depends on places in the stream alone, never on where it was cut: lines are judged when they are complete, long ones in pieces
 * of fixed size.
 */
#include "logs/mask_stream.h"

#include <string.h>

#include "logs/escape_sequence.h"

/* Pieces of a line that is too long, and how far each overlaps the one before. */
enum { PIECE_BYTES = 64 * 1024, OVERLAP_BYTES = 4 * 1024 };

/* What is looked at before a line, for grams that a line break cuts: three characters, a return and a newline. */
enum { CONTEXT_BYTES = 5, BEFORE_CHARACTERS = 3 };

/* A private key has some fifty lines; what does not end within so many never will. */
enum { OPEN_LINES = 400 };

/* A secret that is this long may have been wrapped, and so long must be what goes on with it, unless it ends like base64. */
enum { WRAPPED_LEAST = 32, REST_LEAST = 8 };

static size_t line_end(const struct masker *masker, size_t from)
{
	const char *newline = memchr(masker->data + from, '\n', masker->length - from);

	return newline ? (size_t)(newline - masker->data) : masker->length;
}

static size_t text_end(const struct masker *masker, size_t start, size_t end)
{
	return end > start && masker->data[end - 1] == '\r' ? end - 1 : end;
}

static void mask(struct masker *masker, size_t start, size_t end)
{
	mask_ranges_add(&masker->ranges, masker->base + start, masker->base + end);
}

static size_t leading_blanks(const struct masker *masker, size_t start, size_t end)
{
	size_t at = start;

	while (at < end && (masker->data[at] == ' ' || masker->data[at] == '\t'))
		at++;
	return at - start;
}

/* ---- What goes on from the line before ------------------------------------------------------------------- */

/* True if the line belongs to a private key. */
static bool goes_on_as_key(struct masker *masker, size_t start, size_t end)
{
	const char *last = memmem(masker->data + start, end - start, "-----END", 8);

	mask(masker, start, last ? (size_t)(last - masker->data) : end);
	return !last;
}

static bool goes_on_as_block(struct masker *masker, size_t start, size_t end)
{
	size_t blanks = leading_blanks(masker, start, end);

	if (start + blanks < end && blanks <= masker->indentation)
		return false;
	mask(masker, start + blanks, end);
	return true;
}

static bool goes_on(struct masker *masker, size_t start, size_t end)
{
	bool belongs =
		masker->open == OPENS_KEY ? goes_on_as_key(masker, start, end) : goes_on_as_block(masker, start, end);

	if (!belongs || ++masker->open_lines > OPEN_LINES)
		masker->open = OPENS_NOTHING;
	return belongs;
}

static bool is_digit_or_sign(char c)
{
	return (c >= '0' && c <= '9') || c == '+' || c == '/';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One word that looks like the rest of a key or token, not like one of people's. */
static bool looks_like_rest(const char *text, size_t length)
{
	bool is_random = false;

	for (size_t i = 0; i < length; i++) {
		if (!is_letter(text[i]) && !is_digit_or_sign(text[i]) && !strchr("-_.=~", text[i]))
			return false;
		is_random = is_random || is_digit_or_sign(text[i]);
	}
	return length && (text[length - 1] == '=' || (is_random && length >= REST_LEAST));
}

/* True if the line is nothing but the rest of a secret that filled the end of the line before. */
static bool is_wrapped_rest(struct masker *masker, size_t start, size_t end)
{
	size_t first = start + leading_blanks(masker, start, end), width = masker->wrap_width;
	bool is_rest = end - start <= width && looks_like_rest(masker->data + first, end - first);

	masker->wrap_width = is_rest && end - start == width ? width : 0;
	if (is_rest)
		mask(masker, first, end);
	return is_rest;
}

static bool ends_value(char c)
{
	return c && strchr(" \t\r\n\"'<", c);
}

/* What goes on behind the end of a piece. */
static void go_on_in_piece(struct masker *masker, size_t end)
{
	size_t from = (size_t)(masker->carry - masker->base), at = from;

	while (at < end && !ends_value(masker->data[at]))
		at++;
	mask(masker, from, at);
	masker->carry = 0;
}

/* ---- One line -------------------------------------------------------------------------------------------- */

static uint64_t sets_of(const struct masker *masker, size_t start, size_t end)
{
	size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
	const char *data = masker->data + from;
	uint64_t found = 0, sets;
	size_t at = 0, last;

	while ((last = grams_find(masker->rules->grams, data, end - from, &at, &sets)) < end - from)
		if (from + last >= start)
			found |= sets;
	return found;
}

static void note_before(const struct masker *masker, size_t start, struct mask_line *line)
{
	size_t end = start ? text_end(masker, 0, start - 1) : 0, count = 0;

	while (count < BEFORE_CHARACTERS && count < end && masker->data[end - count - 1] != '\n')
		count++;
	memcpy(line->before, masker->data + end - count, count);
}

static void note_end(struct masker *masker, size_t first_range, size_t start, size_t end)
{
	uint64_t place = masker->base + end;

	for (size_t i = first_range; i < masker->ranges.count; i++) {
		const struct mask_range *range = &masker->ranges.items[i];

		if (range->end == place && place - range->start >= WRAPPED_LEAST &&
		    range->start >= masker->base + start)
			masker->wrap_width = end - start;
	}
}

static struct mask_line line_at(const struct masker *masker, size_t start, size_t end, bool last)
{
	struct mask_line line = { .data = masker->data,
				  .start = start,
				  .end = end,
				  .known = masker->length,
				  .base = masker->base,
				  .is_last = last };

	if (!masker->in_piece)
		note_before(masker, start, &line);
	return line;
}

/* False if what is behind the line is needed and not there yet. */
static bool judge_line(struct masker *masker, size_t start, size_t end, bool last)
{
	size_t text = text_end(masker, start, end), ranges = masker->ranges.count;
	struct mask_line line = line_at(masker, start, end, last);
	struct mask_verdict verdict;

	if (masker->carry)
		go_on_in_piece(masker, end);
	if (masker->open && goes_on(masker, start, text))
		return true;
	if (masker->wrap_width && is_wrapped_rest(masker, start, text))
		return true;
	mask_line_judge(masker->rules, &line, sets_of(masker, start, end), &masker->ranges, &verdict);
	if (verdict.waits) {
		masker->doubtful = verdict.doubtful;
		return false;
	}
	if (verdict.opens) {
		masker->open = verdict.opens;
		masker->open_lines = 0;
		masker->indentation = verdict.indentation;
	}
	note_end(masker, ranges, start, text);
	return true;
}

static void judge_piece(struct masker *masker, size_t start, size_t end)
{
	size_t ranges = masker->ranges.count;
	struct mask_line line = line_at(masker, start, end, false);
	struct mask_verdict verdict;

	line.is_piece = true;
	if (masker->carry)
		go_on_in_piece(masker, end);
	if (masker->open)
		mask(masker, start, end);
	mask_line_judge(masker->rules, &line, sets_of(masker, start, end), &masker->ranges, &verdict);
	for (size_t i = ranges; i < masker->ranges.count; i++)
		if (masker->ranges.items[i].end == masker->base + end)
			masker->carry = masker->base + end;
}

/* ---- Which lines ----------------------------------------------------------------------------------------- */

/* Judges the next line, or piece of one. False if it is not complete. */
static bool judge_next(struct masker *masker, bool last)
{
	size_t start = masker->judged, end = line_end(masker, start);

	if (end - start > PIECE_BYTES) {
		judge_piece(masker, start, start + PIECE_BYTES);
		masker->in_piece = true;
		masker->judged = start + PIECE_BYTES - OVERLAP_BYTES;
		return true;
	}
	if (end == masker->length && (!last || start == end))
		return false;
	if (!judge_line(masker, start, end, last))
		return false;
	masker->in_piece = false;
	masker->judged = end < masker->length ? end + 1 : end;
	return true;
}

static bool is_ordinary(const struct masker *masker)
{
	return !masker->open && !masker->wrap_width && !masker->in_piece && !masker->carry && !masker->rules->always;
}

static size_t find_byte(const struct masker *masker, int byte, size_t from, size_t end)
{
	const char *found = memchr(masker->data + from, byte, end - from);

	return found ? (size_t)(found - masker->data) : end;
}

/* The next place of the block from `judged` to `end` that somebody has to look at. */
static size_t find_suspect(const struct masker *masker, size_t end)
{
	size_t judged = masker->judged, from = judged > CONTEXT_BYTES ? judged - CONTEXT_BYTES : 0;
	size_t escape = find_byte(masker, ESCAPE_BYTE, judged, end);
	size_t nul = find_byte(masker, '\0', judged, escape);
	size_t at = 0, last;
	uint64_t sets;

	/* A gram with a line break in it is of the line behind it. */
	do {
		last = from + grams_find(masker->rules->grams, masker->data + from, nul - from, &at, &sets);
	} while (last < judged && last < nul);
	return last;
}

/* Passes over the lines in which nobody has to look at anything. */
static void pass_ordinary(struct masker *masker)
{
	size_t judged = masker->judged;
	const char *last = memrchr(masker->data + judged, '\n', masker->length - judged), *newline;
	size_t end = last ? (size_t)(last - masker->data) + 1 : judged, suspect;

	if (judged == end)
		return;
	suspect = find_suspect(masker, end);
	if (suspect >= end) {
		masker->judged = end;
		return;
	}
	newline = memrchr(masker->data + judged, '\n', suspect - judged);
	if (newline)
		masker->judged = (size_t)(newline - masker->data) + 1;
}

void mask_stream_judge(struct masker *masker, bool last)
{
	masker->doubtful = UINT64_MAX;
	do {
		if (is_ordinary(masker))
			pass_ordinary(masker);
	} while (judge_next(masker, last));
}

uint64_t mask_stream_judge_rest(struct masker *masker)
{
	size_t start = masker->judged, end = masker->length;
	struct mask_line line = line_at(masker, start, end, false);
	struct mask_verdict verdict;

	if (masker->doubtful != UINT64_MAX)
		return masker->doubtful;
	if (start == end || masker->open || (masker->wrap_width && looks_like_rest(masker->data + start, end - start)))
		return masker->base + start;
	line.is_piece = true;
	if (masker->carry)
		go_on_in_piece(masker, end);
	mask_line_judge(masker->rules, &line, sets_of(masker, start, end), &masker->ranges, &verdict);
	return verdict.doubtful < masker->base + end ? verdict.doubtful : masker->base + end;
}
