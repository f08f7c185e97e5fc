// SPDX-License-Identifier: MIT
/*
 * Which encoding an XML document is in, and from that to UTF-8. Pure. See xml_source.h for what is accepted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/strbuf.h"
#include "runbook/xml_declaration.h"

struct xml_encoding;

/*
 * Decides by the byte order mark, whose length is returned, and the first bytes. Returns NULL with the reason, which says what to do, if it is
 * something that is not read.
 */
struct xml_encoding *xml_encoding_detect(const char *data, size_t length, size_t *ret_mark_length,
					 struct strbuf *ret_reason);
void xml_encoding_free(struct xml_encoding *encoding);

/*
 * Refines the decision by the XML declaration, if there is one at the beginning of the bytes behind the mark. Returns false with the reason. The
 * declaration's length is that of its UTF-8 form; 0 if there is none.
 */
bool xml_encoding_declared(struct xml_encoding *encoding, const char *data, size_t length, struct xml_declaration *ret,
			   struct strbuf *ret_reason);

/*
 * Appends `data` as UTF-8 to `out`. Returns how many bytes were used: all but a character cut at the end. A byte that does not fit the encoding,
 * a lone surrogate or a NUL ends it there, with `ret_reason` set.
 */
size_t xml_encoding_decode(const struct xml_encoding *encoding, const char *data, size_t length, struct strbuf *out,
			   const char **ret_reason);
