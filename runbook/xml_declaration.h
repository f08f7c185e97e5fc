// SPDX-License-Identifier: MIT
/*
 * The XML declaration, `<?xml version="1.0" encoding="utf-8"?>`: XML 1.0 (fifth edition), productions 23 to 26, 32, 80 and 81. Pure.
 */
#pragma once

#include <stddef.h>

enum { XML_ENCODING_NAME_SIZE = 41 };

enum xml_declaration_found {
	XML_DECLARATION_NONE, /* the document begins without one, as it may */
	XML_DECLARATION_GOOD,
	XML_DECLARATION_BAD, /* begun, but not as the standard wants it */
};

struct xml_declaration {
	size_t length;                         /* with `<?xml` and `?>` */
	char encoding[XML_ENCODING_NAME_SIZE]; /* as written; "" if there is none */
};

/* Reads it from the beginning of a document, in any encoding that has ASCII in its place. `ret` is set if it is good. */
enum xml_declaration_found xml_declaration_parse(const char *text, size_t length, struct xml_declaration *ret);
