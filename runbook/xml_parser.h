// SPDX-License-Identifier: MIT
/*
 * libxml2's push parser behind the guard: for the readers of this folder only.
 *
 * The parser gets UTF-8 in chunks, never a path or a URL, and no option but "no network" and true line numbers; nothing external can be loaded.
 * Everything that it calls an error, namespace errors too, ends the parsing as a problem with file and line. Warnings are not ours to repeat. How
 * many different names a document may have is limited: the parser's dictionary becomes slow with many.
 */
#pragma once

#include <libxml/parser.h>

#include "runbook/base/problem.h"
#include "runbook/xml_source.h"

struct xml_parser {
	xmlParserCtxt *context;
	const char *file;              /* the source's */
	struct problem_list *problems; /* where errors go */
	bool failed;
	void *user;        /* the reader's own */
	size_t item_limit; /* see xml_guard.h; may be set before the run */
};

/*
 * Makes a parser. With `sax`, the handlers get the library's context, from which xml_parser_of() leads here and to `user`; without, the parser
 * builds a document (parser->context->myDoc). Where errors go is set here. The struct must stay where it is.
 */
void xml_parser_init(struct xml_parser *parser, const xmlSAXHandler *sax, void *user, struct problem_list *problems);
void xml_parser_release(struct xml_parser *parser);

#define CLEANUP_XML_PARSER CLEANUP(xml_parser_release)

/* Parses the whole source. Returns false with a problem, or if a handler has called xml_parser_stop(). */
bool xml_parser_run(struct xml_parser *parser, struct xml_source *source);

static inline struct xml_parser *xml_parser_of(void *context)
{
	return ((xmlParserCtxt *)context)->_private;
}

/* For handlers: no further handler is called. Whoever stops says why, in its own way. */
void xml_parser_stop(struct xml_parser *parser);

/* For handlers: the line the parser is at. */
unsigned xml_parser_line(const struct xml_parser *parser);
