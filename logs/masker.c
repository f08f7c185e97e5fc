// SPDX-License-Identifier: MIT
#include "logs/mask_stream.h"

#include <assert.h>
#include <string.h>

#include "logs/escape_sequence.h"
#include "runbook/base/alloc.h"

/* What stays of what was given out, for grams that a line break cuts. */
enum { KEPT_BYTES = 8 };

/* So many characters of a known secret may be seen of one that comes very slowly. */
enum { SHOWN_CHARACTERS = 2 };

struct masker *masker_new(void)
{
	struct masker *masker = xcalloc(1, sizeof(*masker));

	masker->rules = mask_rules_now();
	masker->buffer = xmalloc_pages(MASKER_HOLD_BYTES + MASKER_ROOM_BYTES);
	masker->data = masker->buffer + MASKER_HOLD_BYTES;
	masker->doubtful = UINT64_MAX;
	literal_scan_init(&masker->scan, masker->rules->literals);
	return masker;
}

void masker_free(struct masker *masker)
{
	if (!masker)
		return;
	literal_scan_release(&masker->scan);
	free(masker->ranges.items);
	free(masker->buffer);
	free(masker);
}

char *masker_room(struct masker *masker, size_t *ret_size)
{
	*ret_size = MASKER_ROOM_BYTES;
	return masker->buffer + MASKER_HOLD_BYTES;
}

/* ---- Giving out ------------------------------------------------------------------------------------------ */

/* What must not be lost of what is masked: line breaks, and what sets and resets colours. */
static void add_controls(const char *data, size_t start, size_t end, struct strbuf *ret)
{
	uint8_t escape = ESCAPE_NONE;

	for (size_t i = start; i < end; i++) {
		unsigned char byte = (unsigned char)data[i];
		bool is_break = byte == '\n' || (byte == '\r' && i + 1 < end && data[i + 1] == '\n');

		if (escape || byte == ESCAPE_BYTE || is_break)
			strbuf_add_char(ret, data[i]);
		escape = escape || byte == ESCAPE_BYTE ? escape_step(escape, byte) : ESCAPE_NONE;
	}
}

static void add_masked(struct masker *masker, struct pattern_span range, size_t *at, struct strbuf *ret)
{
	if (range.start > *at) {
		strbuf_add(ret, masker->data + *at, range.start - *at);
		masker->given_in_mask = false;
		*at = range.start;
	}
	if (!masker->given_in_mask)
		strbuf_add_str(ret, MASK_TEXT);
	add_controls(masker->data, *at, range.end, ret);
	masker->given_in_mask = true;
	*at = range.end;
}

/* Ranges that are over are of no further use. */
static void drop_ranges(struct mask_ranges *ranges, uint64_t until)
{
	size_t kept = 0;

	for (size_t i = 0; i < ranges->count; i++)
		if (ranges->items[i].end > until)
			ranges->items[kept++] = ranges->items[i];
	ranges->count = kept;
}

static bool is_clean(const struct masker *masker, size_t upto)
{
	return !masker->ranges.count || masker->ranges.items[0].start >= masker->base + upto;
}

void mask_stream_give(struct masker *masker, size_t upto, masker_sink sink, void *context)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	size_t at = masker->given;

	if (upto <= at)
		return;
	mask_ranges_normalise(&masker->ranges);
	drop_ranges(&masker->ranges, masker->base + at);
	for (size_t i = 0; i < masker->ranges.count && masker->ranges.items[i].start < masker->base + upto; i++) {
		const struct mask_range *range = &masker->ranges.items[i];
		uint64_t start = range->start > masker->base + at ? range->start : masker->base + at;
		uint64_t end = range->end < masker->base + upto ? range->end : masker->base + upto;

		add_masked(masker,
			   (struct pattern_span){ (size_t)(start - masker->base), (size_t)(end - masker->base) }, &at,
			   &text);
	}
	if (at < upto)
		masker->given_in_mask = false;
	if (is_clean(masker, upto)) {
		sink(context, masker->data + at, upto - at);
	} else {
		strbuf_add(&text, masker->data + at, upto - at);
		if (text.length)
			sink(context, text.data, text.length);
	}
	masker->given = upto;
	drop_ranges(&masker->ranges, masker->base + upto);
}

/* ---- Taking ---------------------------------------------------------------------------------------------- */

static void note_literal(void *context, uint64_t start, uint64_t end)
{
	mask_ranges_add(context, start, end);
}

/* Forgets what was given out, but for a few bytes, and moves the rest to where new bytes will follow it. */
static void move_up(struct masker *masker)
{
	/* Of an incomplete line nothing is dropped: it is judged as a whole. */
	size_t done = masker->given < masker->judged ? masker->given : masker->judged;
	size_t dropped = done > KEPT_BYTES ? done - KEPT_BYTES : 0;
	size_t rest = masker->length - dropped;
	char *to = masker->buffer + MASKER_HOLD_BYTES - rest;

	assert(rest <= MASKER_HOLD_BYTES);
	memmove(to, masker->data + dropped, rest);
	masker->data = to;
	masker->length = rest;
	masker->base += dropped;
	masker->given -= dropped;
	masker->judged -= dropped;
}

void masker_take(struct masker *masker, size_t length, masker_sink sink, void *context)
{
	uint64_t open;
	size_t upto;

	literal_scan_take(&masker->scan, masker->data + masker->length, length, note_literal, &masker->ranges);
	masker->length += length;
	mask_stream_judge(masker, false);
	upto = masker->judged;
	open = literal_scan_open(&masker->scan);
	if (masker->scan.literals && open < masker->base + upto)
		upto = (size_t)(open - masker->base);
	mask_stream_give(masker, upto, sink, context);
	move_up(masker);
}

void masker_feed(struct masker *masker, const char *data, size_t length, masker_sink sink, void *context)
{
	while (length) {
		size_t size;
		char *room = masker_room(masker, &size);

		if (length < size)
			size = length;
		memcpy(room, data, size);
		masker_take(masker, size, sink, context);
		data += size;
		length -= size;
	}
}

bool masker_is_holding(const struct masker *masker)
{
	return masker->given < masker->length;
}

void masker_pause(struct masker *masker, masker_sink sink, void *context)
{
	uint64_t end = masker->base + masker->length, upto, open;

	if (masker->paused_at == end || !masker_is_holding(masker))
		return;
	masker->paused_at = end;
	upto = mask_stream_judge_rest(masker);
	open = literal_scan_open(&masker->scan);
	if (masker->scan.literals && masker->scan.depth > SHOWN_CHARACTERS && open < upto)
		upto = open;
	if (upto > masker->base)
		mask_stream_give(masker, (size_t)(upto - masker->base), sink, context);
	move_up(masker);
}

void masker_finish(struct masker *masker, masker_sink sink, void *context)
{
	const struct mask_rules *rules = masker->rules;
	char *buffer = masker->buffer;

	mask_stream_judge(masker, true);
	mask_stream_give(masker, masker->length, sink, context);
	literal_scan_release(&masker->scan);
	free(masker->ranges.items);
	*masker = (struct masker){
		.rules = rules, .buffer = buffer, .data = buffer + MASKER_HOLD_BYTES, .doubtful = UINT64_MAX
	};
	literal_scan_init(&masker->scan, rules->literals);
}
