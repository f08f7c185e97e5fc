// SPDX-License-Identifier: MIT
#include "runbook/xml_guard.h"

#include <string.h>

/* A chunk that is being looked at. */
struct scan {
	struct xml_guard *guard;
	const char *at;
	const char *end;
	bool last;
	const char *reason;
};

/* Whether the end mark `mark` (of two or three bytes, the last of them `>`) ends at `close`, which may be at the beginning of a chunk. */
static bool is_end_mark(const struct scan *scan, const char *mark, const char *start, const char *close)
{
	size_t before = strlen(mark) - 1;

	for (size_t i = 1; i <= before; i++) {
		ptrdiff_t place = close - start - (ptrdiff_t)i;
		char byte = place >= 0 ? start[place] : scan->guard->tail[2 + place];

		if (byte != mark[before - i])
			return false;
	}
	return true;
}

/* What the next chunk needs to know: the last two bytes of what is open. */
static void keep_tail(struct scan *scan, const char *start)
{
	char *tail = scan->guard->tail;

	for (const char *p = scan->end - start > 2 ? scan->end - 2 : start; p < scan->end; p++) {
		tail[0] = tail[1];
		tail[1] = *p;
	}
}

/* Goes behind the end mark of what is open, or to the end of the chunk. */
static void skip_open(struct scan *scan)
{
	const char *mark = scan->guard->open;
	const char *start = scan->at;

	while ((scan->at = memchr(scan->at, '>', (size_t)(scan->end - scan->at)))) {
		bool found = is_end_mark(scan, mark, start, scan->at);

		scan->at++;
		if (!found)
			continue;
		scan->guard->open = NULL;
		return;
	}
	keep_tail(scan, start);
	scan->at = scan->end;
}

static void open_until(struct scan *scan, size_t opener_length, const char *mark)
{
	scan->guard->items++;
	scan->at += opener_length;
	scan->guard->open = mark;
	memset(scan->guard->tail, 0, sizeof(scan->guard->tail));
	skip_open(scan);
}

/* `<!`: true if it could be dealt with, false if the chunk must wait for more. */
static bool scan_declaration(struct scan *scan)
{
	static const char section[] = "<![CDATA[";
	size_t left = (size_t)(scan->end - scan->at);

	if (left >= 4 && memcmp(scan->at, "<!--", 4) == 0) {
		open_until(scan, 4, "-->");
		return true;
	}
	if (left >= sizeof(section) - 1 && memcmp(scan->at, section, sizeof(section) - 1) == 0) {
		open_until(scan, sizeof(section) - 1, "]]>");
		return true;
	}
	if (left < sizeof(section) - 1 && !scan->last)
		return false;
	if (left >= 9 && strncmp(scan->at, "<!DOCTYPE", 9) == 0)
		scan->reason = "has a DOCTYPE, which is never read; remove it";
	else
		scan->reason = "a declaration that only a DOCTYPE may hold; remove it";
	return false;
}

/* From the quote to behind the one that closes the value; NULL if it is not there. */
static const char *skip_value(const struct scan *scan, const char *quote)
{
	const char *close = memchr(quote + 1, *quote, (size_t)(scan->end - quote - 1));

	return close ? close + 1 : NULL;
}

/* What ends the plain part of a tag. A table: this loop sees half of all bytes. */
static const bool stops_tag[256] = { ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true };

static const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 4) {
		if (stops_tag[(unsigned char)p[0]])
			return p;
		if (stops_tag[(unsigned char)p[1]])
			return p + 1;
		if (stops_tag[(unsigned char)p[2]])
			return p + 2;
		if (stops_tag[(unsigned char)p[3]])
			return p + 3;
		p += 4;
	}
	while (p < end && !stops_tag[(unsigned char)*p])
		p++;
	return p;
}

/* The `>` of the tag at `at`; NULL if it is not in this chunk or if there is a reason to refuse the tag. */
static const char *find_tag_end(struct scan *scan)
{
	unsigned attributes = 0;
	const char *p = scan->at + 1;

	while (p && (p = skip_plain(p, scan->end)) < scan->end) {
		if (*p == '>')
			return p;
		if (*p == '<') {
			scan->reason = "a \"<\" inside a tag; write &lt; for it";
			return NULL;
		}
		if (++attributes > XML_GUARD_ATTRIBUTES) {
			scan->reason = "an element with more than 256 attributes";
			return NULL;
		}
		scan->guard->items++;
		p = skip_value(scan, p);
	}
	return NULL;
}

static bool count_depth(struct scan *scan, const char *close)
{
	unsigned *depth = &scan->guard->depth;

	if (scan->at[1] == '/') {
		*depth -= *depth > 0;
		return true;
	}
	scan->guard->items++;
	if (*depth == XML_GUARD_DEPTH) {
		scan->reason = "elements nested deeper than 64";
		return false;
	}
	*depth += close[-1] != '/';
	return true;
}

/* A start or end tag: true if it is complete and fine. */
static bool scan_tag(struct scan *scan)
{
	const char *close = find_tag_end(scan);

	if (scan->reason)
		return false;
	if ((close ? close : scan->end) - scan->at > XML_GUARD_TAG_BYTES) {
		scan->reason = "a tag of more than 48 KiB, or a \">\" is missing";
		return false;
	}
	if (!close || !count_depth(scan, close))
		return false;
	scan->at = close + 1;
	return true;
}

/* At a `<`: true if it could be dealt with. A tag that comes again, as it was cut, is counted twice: chunks are long. */
static bool scan_markup(struct scan *scan)
{
	if (scan->guard->item_limit && scan->guard->items > scan->guard->item_limit)
		scan->reason = "more than a million elements, attributes and comments";
	if (scan->reason || scan->end - scan->at < 2)
		return false;
	switch (scan->at[1]) {
	case '!':
		return scan_declaration(scan);
	case '?':
		open_until(scan, 2, "?>");
		return true;
	default:
		return scan_tag(scan);
	}
}

const char *xml_guard_scan(struct xml_guard *guard, const char *data, size_t length, bool last, size_t *ret_safe)
{
	struct scan scan = { guard, data, data + length, last, NULL };
	bool going_on = true;

	if (guard->open)
		skip_open(&scan);
	while (going_on && scan.at < scan.end) {
		const char *less = memchr(scan.at, '<', (size_t)(scan.end - scan.at));

		scan.at = less ? less : scan.end;
		going_on = less && scan_markup(&scan);
	}
	*ret_safe = last && !scan.reason ? length : (size_t)(scan.at - data);
	return scan.reason;
}
