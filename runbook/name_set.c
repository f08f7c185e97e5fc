// SPDX-License-Identifier: MIT
#include "runbook/name_set.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "runbook/base/alloc.h"

struct slot {
	char *name; /* NULL: free */
	size_t number;
};

/* Open addressing; always a power of two, at most half full. */
struct name_set {
	struct slot *slots;
	size_t size;
	size_t count;
	uint64_t seed; /* so that nobody can write a file whose names all fall into one place */
};

struct name_set *name_set_new(void)
{
	struct name_set *set = xcalloc(1, sizeof(*set));

	set->size = 16;
	set->slots = xcalloc(set->size, sizeof(*set->slots));
	if (getrandom(&set->seed, sizeof(set->seed), GRND_NONBLOCK) < 0)
		set->seed = (uintptr_t)set;
	return set;
}

void name_set_free(struct name_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->size; i++)
		free(set->slots[i].name);
	free(set->slots);
	free(set);
}

static unsigned char fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static uint64_t hash(const struct name_set *set, const char *name)
{
	uint64_t value = set->seed ^ UINT64_C(0xcbf29ce484222325);

	for (; *name; name++) {
		value = (value ^ fold(*name)) * UINT64_C(0x9e3779b97f4a7c15);
		value ^= value >> 29;
	}
	return value ^ value >> 32;
}

/* The name's slot, or the free one where it belongs. */
static struct slot *find_slot(const struct name_set *set, const char *name)
{
	size_t at = hash(set, name) & (set->size - 1);

	while (set->slots[at].name && strcasecmp(set->slots[at].name, name) != 0)
		at = (at + 1) & (set->size - 1);
	return &set->slots[at];
}

static void grow(struct name_set *set)
{
	struct slot *old = set->slots;
	size_t old_size = set->size;

	set->size *= 2;
	set->slots = xcalloc(set->size, sizeof(*set->slots));
	for (size_t i = 0; i < old_size; i++)
		if (old[i].name)
			*find_slot(set, old[i].name) = old[i];
	free(old);
}

bool name_set_add(struct name_set *set, const char *name, size_t number, size_t *ret_first)
{
	struct slot *slot = find_slot(set, name);

	if (slot->name) {
		*ret_first = slot->number;
		return false;
	}
	*slot = (struct slot){ xstrdup(name), number };
	if (++set->count * 2 > set->size)
		grow(set);
	return true;
}

bool name_set_find(const struct name_set *set, const char *name, size_t *ret_number)
{
	const struct slot *slot = find_slot(set, name);

	if (!slot->name)
		return false;
	*ret_number = slot->number;
	return true;
}
