// SPDX-License-Identifier: MIT
/*
 * A small document as a tree, and accessors that say what they require of it.
 *
 * An accessor looks for the children of an element by name, in any order, marks what it has seen, and adds what is wrong to the problems of the document:
 * missing, doubled, empty, not a number. Whatever no accessor asked for is unknown: xml_read_rest() reports it and hands it out.
 * Elements with a namespace are never ours.
 */
#pragma once

#include <libxml/tree.h>

#include "runbook/base/problem.h"
#include "runbook/base/strbuf.h"
#include "runbook/base/strv.h"
#include "runbook/xml_source.h"
#include "runbook/xml_unknown.h"

enum {
	XML_DOC_LIMIT_BYTES = 64 << 20,
	XML_DOC_LIMIT_ITEMS = 1000000, /* elements, attributes, comments …: a tree needs some hundred bytes for each */
};

struct xml_doc {
	xmlDoc *tree;
	char *file;
	struct problem_list *problems;
	size_t problems_before; /* those that were there already */
	struct xml_unknown unknown;
};

/*
 * Parses the source, which may be NULL: then its problem has been added already. Returns false with problems; otherwise the caller calls
 * xml_doc_release().
 */
bool xml_doc_load(struct xml_doc *doc, struct xml_source *source, struct problem_list *problems,
		  struct problem_list *warnings);
void xml_doc_release(struct xml_doc *doc);

#define XML_DOC_INIT \
	{            \
		0    \
	}
#define CLEANUP_XML_DOC CLEANUP(xml_doc_release)

/* The root element if it has that name; otherwise NULL with a problem. */
xmlNode *xml_doc_root(struct xml_doc *doc, const char *name);

/* A kind of document, and how its root becomes the struct that callers know. */
struct xml_doc_kind {
	const char *root;
	void (*read)(struct xml_doc *doc, xmlNode *root, void *ret);
	void (*release)(void *ret);
};

/* Fills in `ret`, which the caller has zeroed. Returns false with all problems of the document; `ret` is then released. */
bool xml_doc_read_as(const struct xml_doc_kind *kind, void *ret, struct xml_source *source,
		     struct problem_list *problems, struct problem_list *warnings);

enum xml_rule {
	XML_OPTIONAL = 0,
	XML_REQUIRED = 1 << 0,
	XML_NOT_EMPTY = 1 << 1, /* if it is there */
	XML_TRIM = 1 << 2,      /* without white space at both ends */
	XML_PLAIN_NAME = 1 << 3 /* name_is_plain(); implies the three above */
};

/* Where the node is, from 1; 0 if that is not known. */
unsigned xml_line(const xmlNode *node);

/* The child of that name, or NULL. */
xmlNode *xml_read_child(struct xml_doc *doc, xmlNode *parent, const char *name, unsigned rules);

/* The next child of that name behind `previous` (NULL: the first): for lists, where doubled ones are fine. */
xmlNode *xml_read_next(struct xml_doc *doc, xmlNode *list, xmlNode *previous, const char *name);

/* The text of an element, and of the child of that name; "" if there is none. The caller frees it. */
char *xml_read_own_text(struct xml_doc *doc, xmlNode *element, unsigned rules);
char *xml_read_text(struct xml_doc *doc, xmlNode *parent, const char *name, unsigned rules);

/* true, false, 1, 0, without regard to case; `absent` if it is not there or empty. */
bool xml_read_bool(struct xml_doc *doc, xmlNode *parent, const char *name, bool absent);

/* A whole number from 0 to 1000000; 0 if it is not there or empty. */
unsigned xml_read_uint(struct xml_doc *doc, xmlNode *parent, const char *name);

/* `<NAME><string>…</string>…</NAME>`; empty strings are left out. */
void xml_read_strings(struct xml_doc *doc, xmlNode *parent, const char *name, struct strv *ret);

/* Makes an element unknown after all. */
void xml_read_not(xmlNode *element);

/* Marks children that are known, but that nobody needs. `names` ends with NULL. */
void xml_read_known(struct xml_doc *doc, xmlNode *parent, const char *const *names);

/*
 * Reports the children that nobody asked for, and returns them as XML text whose lines are indented for that level; without the text if the
 * document has problems. The caller frees it.
 */
char *xml_read_rest(struct xml_doc *doc, xmlNode *parent, unsigned level);
