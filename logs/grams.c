// SPDX-License-Identifier: MIT
#include "logs/grams.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"

enum { GRAM = 4, SLOTS = 2048, PAIRS = 65536 };

struct slot {
	uint32_t key; /* four folded bytes; the first is 0 for any; 0: the slot is free */
	uint64_t sets;
};

struct grams {
	uint8_t shift
		[PAIRS]; /* by the third and fourth byte of a place: how far the next place is that may hold a gram */
	struct slot slots[SLOTS];
};

struct grams *grams_new(void)
{
	struct grams *grams = xcalloc(1, sizeof(*grams));

	memset(grams->shift, GRAM - 1, sizeof(grams->shift));
	return grams;
}

void grams_free(struct grams *grams)
{
	free(grams);
}

static uint32_t key_of(unsigned char a, unsigned char b, unsigned char c, unsigned char d)
{
	return (uint32_t)a << 24 | (uint32_t)b << 16 | (uint32_t)c << 8 | d;
}

static unsigned char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : (unsigned char)c;
}

static struct slot *slot_of(const struct grams *grams, uint32_t key)
{
	uint32_t at = (key * UINT32_C(2654435761)) >> 21;

	while (grams->slots[at].key && grams->slots[at].key != key)
		at = (at + 1) % SLOTS;
	return (struct slot *)&grams->slots[at];
}

static unsigned pair_of(unsigned char first, unsigned char second)
{
	return first | (unsigned)second << 8;
}

static void lower_shift(struct grams *grams, unsigned pair, uint8_t shift)
{
	if (grams->shift[pair] > shift)
		grams->shift[pair] = shift;
}

/* Both bytes in either case. */
static void add_pair(struct grams *grams, unsigned char first, unsigned char second, uint8_t shift)
{
	unsigned char upper_first = (unsigned char)toupper(first), upper_second = (unsigned char)toupper(second);

	lower_shift(grams, pair_of(first, second), shift);
	lower_shift(grams, pair_of(upper_first, second), shift);
	lower_shift(grams, pair_of(first, upper_second), shift);
	lower_shift(grams, pair_of(upper_first, upper_second), shift);
}

void grams_add(struct grams *grams, const char *gram, uint64_t sets)
{
	bool any = strlen(gram) == GRAM - 1;
	unsigned char first = any ? 0 : fold(gram[0]);
	const char *rest = gram + !any;
	struct slot *slot = slot_of(grams, key_of(first, fold(rest[0]), fold(rest[1]), fold(rest[2])));

	slot->key = key_of(first, fold(rest[0]), fold(rest[1]), fold(rest[2]));
	slot->sets |= sets;
	for (unsigned byte = any ? 0 : first; byte <= (any ? 255U : first); byte++)
		add_pair(grams, (unsigned char)byte, fold(rest[0]), 2);
	add_pair(grams, fold(rest[0]), fold(rest[1]), 1);
	add_pair(grams, fold(rest[1]), fold(rest[2]), 0);
}

static uint64_t look_up(const struct grams *grams, const char *at)
{
	uint32_t key = key_of(fold(at[0]), fold(at[1]), fold(at[2]), fold(at[3]));

	return slot_of(grams, key)->sets | slot_of(grams, key & 0xffffff)->sets;
}

size_t grams_find(const struct grams *grams, const char *data, size_t length, size_t from, uint64_t *ret_sets)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint64_t sets;

	if (from == 0 && length >= GRAM - 1) {
		sets = slot_of(grams, key_of(0, fold(data[0]), fold(data[1]), fold(data[2])))->sets;
		if (sets) {
			*ret_sets = sets;
			return 0;
		}
	}
	while (from + GRAM <= length) {
		unsigned shift = grams->shift[pair_of(bytes[from + 2], bytes[from + 3])];

		if (shift) {
			from += shift;
			continue;
		}
		sets = look_up(grams, data + from);
		if (sets) {
			*ret_sets = sets;
			return from;
		}
		from++;
	}
	return length;
}
