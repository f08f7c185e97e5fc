// SPDX-License-Identifier: MIT
/*
 * Elements of a tree as XML text (see xml_out.h).
 */
#pragma once

#include <libxml/tree.h>

#include "runbook/xml_out.h"

/*
 * An element with its tags, and what stands between the tags of one. Elements that hold only elements are laid out anew, a line for each, from `level`
 * on; mixed content stays as it is. Comments are kept. Namespaces that are declared further up are declared again, but xsi and xsd: each document of
 * ours declares those.
 */
void xml_write_outer(struct strbuf *out, const xmlNode *element, unsigned level);
char *xml_write_inner(const xmlNode *element, unsigned level);

/* A whole document as it is, white space and all, with an XML declaration for UTF-8. */
void xml_write_document(struct strbuf *out, const xmlDoc *tree);
