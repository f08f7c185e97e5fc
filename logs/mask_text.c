// SPDX-License-Identifier: MIT
#include <string.h>

#include "logs/escape_sequence.h"
#include "logs/mask_rules.h"

static void add_piece(void *context, const char *data, size_t length)
{
	strbuf_add(context, data, length);
}

static void free_masker(struct masker **masker)
{
	masker_free(*masker);
}

/* Most texts are: then nothing has to be set up. */
static bool is_ordinary(const char *text, size_t length)
{
	const struct mask_rules *rules = mask_rules_now();
	uint64_t sets;
	size_t from = 0;

	return !rules->always && literals_are_none(rules->literals) && !memchr(text, ESCAPE_BYTE, length) &&
	       !memchr(text, '\0', length) && grams_find(rules->grams, text, length, &from, &sets) == length;
}

void mask_text(const char *text, size_t length, struct strbuf *ret)
{
	CLEANUP(free_masker) struct masker *masker = NULL;

	if (is_ordinary(text, length)) {
		strbuf_add(ret, text, length);
		return;
	}
	masker = masker_new();
	masker_feed(masker, text, length, add_piece, ret);
	masker_finish(masker, add_piece, ret);
}

char *mask_string(const char *text)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT;

	mask_text(text, strlen(text), &masked);
	return strbuf_detach(&masked);
}

char *mask_value(const char *name, const char *value)
{
	CLEANUP_STRBUF struct strbuf probe = STRBUF_INIT, masked = STRBUF_INIT;

	strbuf_addf(&probe, "%s=x", name);
	mask_text(probe.data, probe.length, &masked);
	return strcmp(probe.data, masked.data) == 0 ? mask_string(value) : mask_string(*value ? MASK_TEXT : "");
}
