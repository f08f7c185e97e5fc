// SPDX-License-Identifier: MIT
/*
 * Any bytes as the output of a step. However it is cut into pieces, the masked text is the same; what was masked once has nothing more to mask that
 * was there before; and a known secret is not in it.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "logs/mask.h"

enum { SLOW_BYTES = 2048 };

/* Made of what the inputs hold, so that they can hit it. */
static const char secret[] = "s3cret";

static void collect(void *context, const char *data, size_t length)
{
	strbuf_add(context, data, length);
}

/* Pieces of the length that `step` says, or of lengths that the data itself says. */
static void mask_pieces(const char *data, size_t size, size_t step, int pauses, struct strbuf *ret)
{
	struct masker *masker = masker_new();

	for (size_t at = 0; at < size;) {
		size_t length = step ? step : 1U + (unsigned char)data[at] % 17U;

		if (length > size - at)
			length = size - at;
		masker_feed(masker, data + at, length, collect, ret);
		if (pauses)
			masker_pause(masker, collect, ret);
		at += length;
	}
	masker_finish(masker, collect, ret);
	must(!masker_is_holding(masker));
	masker_free(masker);
}

static void must_be_same(const struct strbuf *a, const struct strbuf *b)
{
	must(a->length == b->length && memcmp(a->data, b->data, a->length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct mask_settings settings = { .environment = "FUZZ_SECRET", .pattern = "ticket-(\\d+)" };
	static int is_ready;
	CLEANUP_STRBUF struct strbuf whole = STRBUF_INIT, cut = STRBUF_INIT, paused = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const char *data = (const char *)bytes;

	if (!is_ready) {
		must(setenv("FUZZ_SECRET", secret, 1) == 0 && mask_setup(&settings, &err));
		is_ready = 1;
	}
	mask_pieces(data, size, size ? size : 1, 0, &whole);
	must(!memmem(whole.data, whole.length, secret, sizeof(secret) - 1));
	/* Byte by byte, unless that would take too long. */
	mask_pieces(data, size, size <= SLOW_BYTES ? 1 : size / 50, 0, &cut);
	must_be_same(&whole, &cut);
	strbuf_clear(&cut);
	mask_pieces(data, size, size <= SLOW_BYTES ? 0 : 8191, 0, &cut);
	must_be_same(&whole, &cut);
	mask_pieces(data, size, size <= SLOW_BYTES ? 0 : 8191, 1, &paused);
	must(!memmem(paused.data, paused.length, secret, sizeof(secret) - 1));
	return 0;
}
