// SPDX-License-Identifier: MIT
#include "logs/grams.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"

enum { LEAST = 3, MOST = 4, SLOTS = 2048, HASH_BITS = 17, STRIDE_BYTES = 8 };

struct slot {
	uint32_t key; /* three or four folded bytes; 0: the slot is free */
	uint64_t sets;
};

struct grams {
	uint8_t bits[(1 << HASH_BITS) / 8]; /* small enough for the processor's nearest memory */
	struct slot slots[SLOTS];
};

struct grams *grams_new(void)
{
	return xcalloc(1, sizeof(struct grams));
}

void grams_free(struct grams *grams)
{
	free(grams);
}

static unsigned char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : (unsigned char)c;
}

static uint32_t key_of(const char *gram, size_t length)
{
	uint32_t key = 0;

	for (size_t i = 0; i < length; i++)
		key = key << 8 | fold(gram[i]);
	return key;
}

static struct slot *slot_of(const struct grams *grams, uint32_t key)
{
	unsigned at = ((key * UINT32_C(2654435761)) >> 16) % SLOTS;

	while (grams->slots[at].key && grams->slots[at].key != key)
		at = (at + 1) % SLOTS;
	return (struct slot *)&grams->slots[at];
}

/* Of the first three of the four bytes there. Folds letters, and some other bytes that then look alike, which does no harm. */
static uint32_t hash_at(const char *bytes)
{
	uint32_t four;

	memcpy(&four, bytes, sizeof(four));
	four = le32toh(four);
	return ((four << 8 | UINT32_C(0x20202000)) * UINT32_C(2654435761)) >> (32 - HASH_BITS);
}

static unsigned bit_at(const struct grams *grams, const char *bytes)
{
	uint32_t hash = hash_at(bytes);

	return grams->bits[hash / 8] >> (hash % 8) & 1U;
}

static void set_bit(struct grams *grams, char first, char second, char third)
{
	const char bytes[4] = { first, second, third, 0 };
	uint32_t hash = hash_at(bytes);

	grams->bits[hash / 8] |= (uint8_t)(1U << (hash % 8));
}

void grams_add(struct grams *grams, const char *gram, uint64_t sets)
{
	size_t length = strlen(gram);
	uint32_t key = key_of(gram, length);
	struct slot *slot = slot_of(grams, key);

	slot->key = key;
	slot->sets |= sets;
	set_bit(grams, gram[0], gram[1], gram[2]);
	if (length == MOST)
		set_bit(grams, gram[1], gram[2], gram[3]);
	for (unsigned byte = 0; byte < 256 && length == LEAST; byte++)
		set_bit(grams, gram[1], gram[2], (char)byte);
}

/* The grams that begin at `at`; *ret_last gets the place of the last byte of the longer one. */
static uint64_t look_up(const struct grams *grams, const char *data, size_t length, size_t at, size_t *ret_last)
{
	uint64_t sets = 0;

	for (size_t size = LEAST; size <= MOST && at + size <= length; size++) {
		uint64_t found = slot_of(grams, key_of(data + at, size))->sets;

		sets |= found;
		if (found)
			*ret_last = at + size - 1;
	}
	return sets;
}

/* The first place from `at` on, by twos, at or before which a gram may begin; or where what is left is too short to tell. */
static size_t skip(const struct grams *grams, const char *data, size_t length, size_t at)
{
	for (; at + STRIDE_BYTES + MOST <= length; at += STRIDE_BYTES)
		if (bit_at(grams, data + at) | bit_at(grams, data + at + 2) | bit_at(grams, data + at + 4) |
		    bit_at(grams, data + at + 6))
			break;
	while (at + MOST <= length && !bit_at(grams, data + at))
		at += 2;
	return at;
}

size_t grams_find(const struct grams *grams, const char *data, size_t length, size_t *from, uint64_t *ret_sets)
{
	size_t least = *from, at = least;

	while (at + LEAST <= length) {
		size_t last = at;

		at = skip(grams, data, length, at);
		for (size_t place = at > least ? at - 1 : at; place <= at; place++) {
			*ret_sets = look_up(grams, data, length, place, &last);
			if (*ret_sets) {
				*from = place + 1;
				return last;
			}
		}
		at += 2;
	}
	return length;
}
