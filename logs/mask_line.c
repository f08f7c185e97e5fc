// SPDX-License-Identifier: MIT
#include "logs/mask_line.h"

#include <stdlib.h>
#include <string.h>

#include "logs/escape_sequence.h"
#include "runbook/base/alloc.h"

/* ---- Ranges ---------------------------------------------------------------------------------------------- */

void mask_ranges_add(struct mask_ranges *ranges, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	ranges->items = xgrow(ranges->items, ranges->count, &ranges->alloc, sizeof(*ranges->items));
	ranges->items[ranges->count++] = (struct mask_range){ start, end };
}

static int compare_ranges(const void *left, const void *right)
{
	const struct mask_range *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

void mask_ranges_normalise(struct mask_ranges *ranges)
{
	size_t kept = 0;

	if (ranges->count < 2)
		return;
	qsort(ranges->items, ranges->count, sizeof(*ranges->items), compare_ranges);
	for (size_t i = 1; i < ranges->count; i++) {
		struct mask_range *last = &ranges->items[kept], *next = &ranges->items[i];

		if (next->start > last->end)
			ranges->items[++kept] = *next;
		else if (next->end > last->end)
			last->end = next->end;
	}
	ranges->count = kept + 1;
}

/* ---- The text as the patterns see it --------------------------------------------------------------------- */

/* One or more lines without what is put between characters; `places` says where in the data each one is. */
struct view {
	struct strbuf text;
	size_t *places;
	size_t alloc;
	bool was_cleaned;
};

static void view_add_char(struct view *view, char c, size_t place)
{
	view->places = xgrow(view->places, view->text.length, &view->alloc, sizeof(*view->places));
	view->places[view->text.length] = place;
	strbuf_add_char(&view->text, c);
}

static void view_add_plain(struct view *view, const char *data, size_t start, size_t end)
{
	size_t length = view->text.length, wanted = length + end - start;

	while (view->alloc < wanted)
		view->places = xgrow(view->places, view->alloc, &view->alloc, sizeof(*view->places));
	for (size_t i = start; i < end; i++)
		view->places[length++] = i;
	strbuf_add(&view->text, data + start, end - start);
}

static void view_add(struct view *view, const char *data, size_t start, size_t end)
{
	uint8_t escape = ESCAPE_NONE;

	if (!memchr(data + start, ESCAPE_BYTE, end - start) && !memchr(data + start, '\0', end - start)) {
		view_add_plain(view, data, start, end);
		return;
	}
	for (size_t i = start; i < end; i++) {
		unsigned char byte = (unsigned char)data[i];

		if (escape || byte == ESCAPE_BYTE || byte == '\0') {
			escape = byte == '\0' && !escape ? ESCAPE_NONE : escape_step(escape, byte);
			view->was_cleaned = true;
		} else {
			view_add_char(view, data[i], i);
		}
	}
}

static size_t without_return(const char *data, size_t start, size_t end)
{
	return end > start && data[end - 1] == '\r' ? end - 1 : end;
}

/* The line, with the last `before` characters of the one before in front of it. */
static void view_line(struct view *view, const struct mask_line *line, size_t before)
{
	const char *text = line->before + strlen(line->before) - before;

	strbuf_clear(&view->text);
	for (size_t i = 0; i < before; i++)
		view_add_char(view, text[i], line->start);
	view_add(view, line->data, line->start, without_return(line->data, line->start, line->end));
}

/* ---- One rule -------------------------------------------------------------------------------------------- */

struct judge {
	const struct mask_line *line;
	struct mask_ranges *ranges;
	struct mask_verdict *verdict;
	struct view view;
	size_t before; /* characters of the line before that stand in the view */
};

static void judge_release(struct judge *self)
{
	strbuf_release(&self->view.text);
	free(self->view.places);
}

static void add_span(struct judge *self, struct pattern_span span)
{
	const struct view *view = &self->view;

	if (span.start >= span.end)
		return;
	mask_ranges_add(self->ranges, self->line->base + view->places[span.start],
			self->line->base + view->places[span.end - 1] + 1);
}

static void add_match(struct judge *self, const struct mask_rule *rule, struct pattern_span match)
{
	unsigned groups = pattern_group_count(rule->compiled);
	struct pattern_span span;

	if (rule->pattern.opens) {
		self->verdict->opens = rule->pattern.opens;
		if (groups && pattern_group(rule->compiled, 1, &span))
			self->verdict->indentation = span.end - span.start;
		return;
	}
	if (!groups)
		add_span(self, match);
	for (unsigned group = 1; group <= groups; group++)
		if (pattern_group(rule->compiled, group, &span))
			add_span(self, span);
}

static void doubt_from(struct judge *self, size_t place)
{
	uint64_t from = self->line->base + self->view.places[place];

	if (from < self->verdict->doubtful)
		self->verdict->doubtful = from;
}

/* All matches in the view. Returns PATTERN_PARTIAL if its end may be the beginning of another, else PATTERN_NONE. */
static enum pattern_outcome find_all(struct judge *self, const struct mask_rule *rule, bool partial)
{
	struct pattern_span text = { 0, self->view.text.length }, match;

	while (text.start < text.end) {
		enum pattern_outcome outcome =
			pattern_match(rule->compiled, text, self->view.text.data, partial, &match);

		if (outcome == PATTERN_NONE ||
		    (outcome == PATTERN_FOUND && self->before && match.start >= self->before))
			break;
		/* One that would begin behind the end has only looked back. */
		if (outcome == PATTERN_PARTIAL && match.start == text.end)
			break;
		if (outcome == PATTERN_PARTIAL) {
			doubt_from(self, match.start);
			return outcome;
		}
		if (outcome == PATTERN_TOO_HARD) {
			add_span(self, text);
			break;
		}
		add_match(self, rule, match);
		text.start = match.end > text.start ? match.end : text.start + 1;
	}
	return PATTERN_NONE;
}

/* Puts the next line behind the view. */
enum extension { EXTENDED, NOTHING_THERE, NOT_THERE_YET };

static enum extension extend(struct judge *self, size_t *from, bool is_word)
{
	const struct mask_line *line = self->line;
	size_t limit = line->start + MASK_LOOK_AHEAD;
	size_t reach = line->known < limit ? line->known : limit;
	const char *newline = *from < reach ? memchr(line->data + *from, '\n', reach - *from) : NULL;
	size_t start = *from, end = newline ? (size_t)(newline - line->data) : reach;

	if (!newline && reach < limit && !line->is_last)
		return NOT_THERE_YET;
	if (!newline && start >= end)
		return NOTHING_THERE;
	while (is_word && start < end && (line->data[start] == ' ' || line->data[start] == '\t'))
		start++;
	if (!is_word)
		view_add_char(&self->view, '\n', start - 1);
	view_add(&self->view, line->data, start, without_return(line->data, start, end));
	*from = newline ? end + 1 : end;
	return EXTENDED;
}

/* With as many lines behind it as the pattern may need. */
static void judge_lines(struct judge *self, const struct mask_rule *rule)
{
	uint64_t doubtful = self->verdict->doubtful;
	size_t from = self->line->end + 1, length = self->view.text.length;

	for (unsigned lines = 1; find_all(self, rule, lines < rule->pattern.lines) == PATTERN_PARTIAL; lines++) {
		enum extension extension = extend(self, &from, rule->pattern.is_wrapped);

		if (extension == NOT_THERE_YET) {
			self->verdict->waits = true;
			break;
		}
		self->verdict->doubtful = doubtful;
		if (extension == NOTHING_THERE)
			break;
	}
	strbuf_set_length(&self->view.text, length);
}

static void judge_rule(struct judge *self, const struct mask_rule *rule)
{
	/* What is not complete is only looked at: nothing can be put behind it. */
	if (self->line->is_piece)
		(void)find_all(self, rule, rule->pattern.is_shape);
	else
		judge_lines(self, rule);
}

/* A word that was broken within its first characters, which stand at the end of the line before. */
static void judge_broken(struct judge *self, const struct mask_rules *rules, uint64_t sets)
{
	size_t most = strlen(self->line->before);

	for (self->before = 1; self->before <= most; self->before++) {
		view_line(&self->view, self->line, self->before);
		for (size_t i = 0; i < rules->count; i++)
			if (rules->rules[i].pattern.is_wrapped && (rules->rules[i].set & sets))
				judge_rule(self, &rules->rules[i]);
	}
	self->before = 0;
}

static uint64_t sets_of(const struct mask_rules *rules, const struct strbuf *text)
{
	uint64_t found = 0, sets;
	size_t from = 0;

	while (grams_find(rules->grams, text->data, text->length, &from, &sets) < text->length)
		found |= sets;
	return found;
}

void mask_line_judge(const struct mask_rules *rules, const struct mask_line *line, uint64_t sets,
		     struct mask_ranges *ranges, struct mask_verdict *ret)
{
	CLEANUP(judge_release)
	struct judge self = { .line = line, .ranges = ranges, .verdict = ret, .view = { .text = STRBUF_INIT } };

	*ret = (struct mask_verdict){ .doubtful = UINT64_MAX };
	view_line(&self.view, line, 0);
	if (self.view.was_cleaned)
		sets |= sets_of(rules, &self.view.text);
	sets |= rules->always;
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rules[i].set & sets)
			judge_rule(&self, &rules->rules[i]);
	if (sets & rules->wrapped)
		judge_broken(&self, rules, sets);
}
