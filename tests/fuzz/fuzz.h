// SPDX-License-Identifier: MIT
/*
 * What a fuzz target offers: libFuzzer calls it with inputs it makes up, replay.c with files. It aborts if something is wrong.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
