// SPDX-License-Identifier: MIT
/*
 * Escape sequences of terminals, byte by byte: colours, cursor movements. The text of a title is text.
 */
#pragma once

#include <stdint.h>

enum { ESCAPE_BYTE = 0x1b };
enum escape_state { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_PARAMETERS, ESCAPE_CHARSET };

/*
 * The state behind `byte`; ESCAPE_NONE: that was the last byte of the sequence. Begins with ESCAPE_NONE and ESCAPE_BYTE. A line break ends any
 * sequence.
 */
static inline uint8_t escape_step(uint8_t state, unsigned char byte)
{
	if (byte == '\n')
		return ESCAPE_NONE;
	switch (state) {
	case ESCAPE_BEGUN:
		if (byte == '[')
			return ESCAPE_PARAMETERS;
		return byte >= 0x20 && byte <= 0x2f ? ESCAPE_CHARSET : ESCAPE_NONE;
	case ESCAPE_PARAMETERS:
		return byte >= 0x40 && byte <= 0x7e ? ESCAPE_NONE : ESCAPE_PARAMETERS;
	case ESCAPE_CHARSET:
		return ESCAPE_NONE;
	default:
		return byte == ESCAPE_BYTE ? ESCAPE_BEGUN : ESCAPE_NONE;
	}
}
