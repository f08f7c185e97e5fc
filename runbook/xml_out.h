// SPDX-License-Identifier: MIT
/*
 * XML text into a buffer: two spaces a level, each element behind a line feed, empty elements as `<X />`.
 *
 * What XML 1.0 cannot hold (control characters, bytes that are no UTF-8) becomes U+FFFD; a carriage return is escaped, as a parser would drop it.
 * Element names are the caller's own and go out as they are. "XML text" is what stands between two tags, and is never escaped again: it has no
 * white space before its first element and behind its last.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/strbuf.h"

/* `<?xml …?>`, with nothing behind it. */
void xml_out_declaration(struct strbuf *out);

/* A line feed and the indentation of that level. */
void xml_out_indent(struct strbuf *out, unsigned level);

/* A start tag on a line of its own. */
void xml_out_open(struct strbuf *out, unsigned level, const char *name);

/* An end tag on a line of its own. */
void xml_out_close(struct strbuf *out, unsigned level, const char *name);

/* `<NAME>text</NAME>`, or `<NAME />`, on a line of its own. */
void xml_out_text(struct strbuf *out, unsigned level, const char *name, const char *text);
void xml_out_bool(struct strbuf *out, unsigned level, const char *name, bool value);
void xml_out_uint(struct strbuf *out, unsigned level, const char *name, unsigned value);

/* XML text on a line of its own; nothing if it is NULL or empty. */
void xml_out_xml(struct strbuf *out, unsigned level, const char *xml);

/* Characters between tags, and the value of an attribute between double quotes. */
void xml_out_escaped(struct strbuf *out, const char *text, size_t length);
void xml_out_attribute(struct strbuf *out, const char *value, size_t length);

/* An attribute's value or a namespace as libxml2 hands it out while it parses: there `&` stands as `&#38;`. */
void xml_out_parsed_attribute(struct strbuf *out, const char *value, size_t length);
