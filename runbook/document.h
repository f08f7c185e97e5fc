// SPDX-License-Identifier: MIT
/*
 * A document in memory.
 */
#pragma once

#include <stddef.h>

struct document {
	const char *text; /* any bytes */
	size_t length;
	const char *file; /* its name for messages */
};
