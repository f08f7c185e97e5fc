// SPDX-License-Identifier: MIT
/*
 * What a fuzz target offers: libFuzzer calls it with inputs it makes up, replay.c with files. It aborts, with must(), if something is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool condition)
{
	if (!condition)
		abort();
}
