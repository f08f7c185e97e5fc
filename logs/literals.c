// SPDX-License-Identifier: MIT
/* The automaton of Aho and Corasick. */
#include "logs/literals.h"

#include <string.h>

#include "logs/escape_sequence.h"
#include "runbook/base/alloc.h"
#include "runbook/base/cleanup.h"

enum { RING = LITERAL_MOST * 2, NOWHERE = 0 };

struct node {
	uint32_t child;   /* the first one; 0: none */
	uint32_t sibling; /* the next child of the parent; 0: none */
	uint32_t fail;    /* the longest end of this text that is the beginning of another */
	uint32_t depth;
	uint32_t ends; /* length of the longest text that ends here; 0: none */
	unsigned char byte;
};

struct literals {
	struct node *nodes; /* the first is the root */
	size_t count;
	size_t alloc;
	uint32_t first[256];        /* the root's children */
	uint64_t pairs[65536 / 64]; /* two bytes with which a text may begin */
};

struct literals *literals_new(void)
{
	struct literals *literals = xcalloc(1, sizeof(*literals));

	literals->nodes = xgrow(NULL, 0, &literals->alloc, sizeof(*literals->nodes));
	literals->nodes[literals->count++] = (struct node){ 0 };
	return literals;
}

void literals_free(struct literals *literals)
{
	if (!literals)
		return;
	free(literals->nodes);
	free(literals);
}

bool literals_are_none(const struct literals *literals)
{
	return literals->count == 1;
}

static uint32_t child_of(const struct literals *literals, uint32_t parent, unsigned char byte)
{
	uint32_t child;

	if (!parent)
		return literals->first[byte];
	for (child = literals->nodes[parent].child; child && literals->nodes[child].byte != byte;)
		child = literals->nodes[child].sibling;
	return child;
}

static uint32_t add_child(struct literals *literals, uint32_t parent, unsigned char byte)
{
	uint32_t child = (uint32_t)literals->count;

	literals->nodes = xgrow(literals->nodes, literals->count, &literals->alloc, sizeof(*literals->nodes));
	literals->nodes[literals->count++] = (struct node){ .sibling = literals->nodes[parent].child,
							    .depth = literals->nodes[parent].depth + 1,
							    .byte = byte };
	literals->nodes[parent].child = child;
	if (!parent)
		literals->first[byte] = child;
	return child;
}

bool literals_add(struct literals *literals, const char *text, size_t length)
{
	uint32_t node = 0;

	if (length < LITERAL_LEAST || length > LITERAL_MOST)
		return true;
	if (literals->count + length > LITERALS_MOST_BYTES)
		return false;
	for (size_t i = 0; i < length; i++) {
		uint32_t child = child_of(literals, node, (unsigned char)text[i]);

		node = child ? child : add_child(literals, node, (unsigned char)text[i]);
	}
	literals->nodes[node].ends = (uint32_t)length;
	return true;
}

/* From a node's failure to where `byte` leads. */
static uint32_t step(const struct literals *literals, uint32_t node, unsigned char byte)
{
	uint32_t child;

	while (!(child = child_of(literals, node, byte)) && node)
		node = literals->nodes[node].fail;
	return child;
}

static void link_child(struct literals *literals, uint32_t parent, uint32_t child)
{
	struct node *node = &literals->nodes[child];

	node->fail = parent ? step(literals, literals->nodes[parent].fail, node->byte) : NOWHERE;
	if (!node->ends)
		node->ends = literals->nodes[node->fail].ends;
}

static void note_pairs(struct literals *literals, unsigned char byte, uint32_t node)
{
	static const unsigned char between[] = { '\n', '\r', '\0', ESCAPE_BYTE };
	unsigned high = (unsigned)byte << 8;

	for (uint32_t child = literals->nodes[node].child; child; child = literals->nodes[child].sibling)
		literals->pairs[(high | literals->nodes[child].byte) / 64] |= UINT64_C(1)
									      << (literals->nodes[child].byte % 64);
	for (size_t i = 0; i < sizeof(between); i++)
		literals->pairs[(high | between[i]) / 64] |= UINT64_C(1) << (between[i] % 64);
}

/* Breadth first: what a node's failure leads to is shallower and known. */
void literals_seal(struct literals *literals)
{
	CLEANUP_FREE uint32_t *queue = xcalloc(literals->count, sizeof(*queue));
	size_t head = 0, tail = 1;

	while (head < tail) {
		uint32_t node = queue[head++];

		for (uint32_t child = literals->nodes[node].child; child; child = literals->nodes[child].sibling) {
			link_child(literals, node, child);
			queue[tail++] = child;
		}
	}
	for (unsigned byte = 0; byte < 256; byte++)
		if (literals->first[byte])
			note_pairs(literals, (unsigned char)byte, literals->first[byte]);
}

/* ---- Scanning -------------------------------------------------------------------------------------------- */

void literal_scan_init(struct literal_scan *scan, const struct literals *literals)
{
	*scan = (struct literal_scan){ .literals = literals_are_none(literals) ? NULL : literals };
	if (scan->literals)
		scan->places = xcalloc(RING, sizeof(*scan->places));
}

void literal_scan_release(struct literal_scan *scan)
{
	free(scan->places);
	*scan = (struct literal_scan){ 0 };
}

static uint64_t place_back(const struct literal_scan *scan, uint32_t length)
{
	return scan->places[(scan->count - length) % RING];
}

uint64_t literal_scan_open(const struct literal_scan *scan)
{
	return scan->depth ? place_back(scan, scan->depth) : scan->at;
}

/* Whether this byte was only put between the characters of a text. */
static bool is_between(struct literal_scan *scan, unsigned char byte)
{
	if (byte == '\n' || byte == '\r')
		scan->line_begins = true;
	if (scan->escape || byte == ESCAPE_BYTE) {
		scan->escape = escape_step(scan->escape, byte);
		return true;
	}
	if (byte == '\n' || byte == '\r')
		return true;
	if (byte == '\0')
		return true;
	scan->line_begins = scan->line_begins && (byte == ' ' || byte == '\t');
	return scan->line_begins && !child_of(scan->literals, scan->node, byte);
}

static void take_character(struct literal_scan *scan, unsigned char byte, literal_found found, void *context)
{
	const struct literals *literals = scan->literals;
	uint32_t length;

	scan->places[scan->count++ % RING] = scan->at;
	scan->node = step(literals, scan->node, byte);
	scan->depth = literals->nodes[scan->node].depth;
	length = literals->nodes[scan->node].ends;
	if (length)
		found(context, place_back(scan, length), scan->at + 1);
}

/* Beyond what a match may stretch over, it is none. */
static void give_up(struct literal_scan *scan)
{
	scan->node = scan->depth = 0;
	scan->escape = 0;
	scan->line_begins = false;
}

/* The next place where something may begin. */
static size_t skip(const struct literals *literals, const unsigned char *bytes, size_t from, size_t length)
{
	while (from + 1 < length) {
		unsigned pair = (unsigned)bytes[from] << 8 | bytes[from + 1];

		if (literals->pairs[pair / 64] >> (pair % 64) & 1)
			return from;
		from++;
	}
	return from;
}

void literal_scan_take(struct literal_scan *scan, const char *data, size_t length, literal_found found, void *context)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint64_t begin = scan->at;

	for (size_t i = 0; scan->literals && i < length; i++) {
		if (!scan->node) {
			i = skip(scan->literals, bytes, i, length);
			scan->at = begin + i;
			take_character(scan, bytes[i], found, context);
			scan->line_begins = false;
		} else {
			scan->at = begin + i;
			if (!is_between(scan, bytes[i]))
				take_character(scan, bytes[i], found, context);
		}
		scan->at = begin + i + 1;
		if (scan->depth && scan->at - literal_scan_open(scan) > LITERAL_SPAN)
			give_up(scan);
	}
	scan->at = begin + length;
}
