// SPDX-License-Identifier: MIT
/*
 * What must not reach the XML parser: a DOCTYPE, too deep nesting, too many attributes, too much for a tree. Pure.
 *
 * The parser takes time that grows with the square of a tag's attributes, and reads a DOCTYPE before anybody can stop it, so the guard
 * looks at each byte first. It knows just enough of XML to find where tags, comments, processing instructions and CDATA sections begin and end; a
 * document that it takes for something else than the parser does is not well-formed, and the parser says so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	XML_GUARD_DEPTH = 64,           /* elements within each other */
	XML_GUARD_ATTRIBUTES = 256,     /* of one element */
	XML_GUARD_TAG_BYTES = 48 * 1024 /* from `<` to `>` */
};

/* Zeroed to begin with, but for the limit. */
struct xml_guard {
	size_t item_limit; /* of elements, attributes, comments, instructions and sections together; 0: none */
	size_t items;
	unsigned depth;
	const char
		*open; /* end mark of the comment, instruction or section that the chunk before ended in; else NULL */
	char tail[2];  /* the last bytes of that chunk that belong to it */
};

/*
 * Looks at the next chunk. Sets `ret_safe` to the number of bytes that may be handed on: all but a tag that is not complete, which must stand
 * at the beginning of the next chunk (with `last` everything is safe). Returns NULL, or what is wrong and what to do; then `ret_safe` is where it is.
 */
const char *xml_guard_scan(struct xml_guard *guard, const char *data, size_t length, bool last, size_t *ret_safe);
