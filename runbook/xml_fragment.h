// SPDX-License-Identifier: MIT
/*
 * Parser events written down as XML text (see xml_out.h), for what a stream reader does not know but keeps.
 */
#pragma once

#include <libxml/parser.h>
#include <stdbool.h>

#include "runbook/xml_out.h"

/* The start of an element, as SAX2 of libxml2 gives it. */
struct xml_start {
	const xmlChar *name;
	const xmlChar *prefix;
	const xmlChar *uri;
	int namespace_count;
	const xmlChar **namespaces; /* prefix, URI */
	int attribute_count;
	const xmlChar **attributes; /* name, prefix, URI, value, end of value */
};

struct xml_fragment {
	struct strbuf *out;
	unsigned depth;      /* elements that are open */
	bool is_tag_pending; /* a start tag is written but for its end: the element may be empty */
};

/* ` xmlns:x="…"`; an empty prefix is the default namespace. */
void xml_fragment_add_namespace(struct strbuf *out, const char *prefix, const char *uri);

/* ` xmlns:x="…"` and ` a="…"`. Declarations of xsi and xsd are left out with `without_ours`: each document of ours has them. */
void xml_fragment_add_namespaces(struct strbuf *out, const struct xml_start *start, bool without_ours);
void xml_fragment_add_attributes(struct strbuf *out, const struct xml_start *start);

/* `extra` goes into the tag as it is: declarations of namespaces from further up; NULL if there are none. */
void xml_fragment_start(struct xml_fragment *fragment, const struct xml_start *start, const char *extra);
void xml_fragment_end(struct xml_fragment *fragment, const xmlChar *name, const xmlChar *prefix);
void xml_fragment_text(struct xml_fragment *fragment, const char *text, size_t length);
void xml_fragment_comment(struct xml_fragment *fragment, const char *text);
void xml_fragment_instruction(struct xml_fragment *fragment, const char *target, const char *data);
