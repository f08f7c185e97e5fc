// SPDX-License-Identifier: MIT
#include "runbook/xml_unknown.h"

void xml_unknown_init(struct xml_unknown *unknown, const char *file, struct problem_list *warnings)
{
	*unknown = (struct xml_unknown){ file, warnings, xmlHashCreate(0) };
}

void xml_unknown_release(struct xml_unknown *unknown)
{
	if (unknown->seen)
		xmlHashFree(unknown->seen, NULL);
	unknown->seen = NULL;
}

/* Beyond the limit of what is kept of a list nobody is told, and nothing more is remembered. */
static bool is_first(struct xml_unknown *unknown, const char *kind, const char *name)
{
	if (xmlHashSize(unknown->seen) >= PROBLEM_LIMIT)
		return false;
	return xmlHashAddEntry2(unknown->seen, (const xmlChar *)name, (const xmlChar *)kind, unknown) == 0;
}

void xml_unknown_element(struct xml_unknown *unknown, unsigned line, const char *name, const char *parent)
{
	if (is_first(unknown, "element", name))
		problem_add(unknown->warnings, unknown->file, line,
			    "unknown element %s in %s; it is kept, but has no effect", name, parent);
}

void xml_unknown_attribute(struct xml_unknown *unknown, unsigned line, const char *name, const char *element)
{
	if (is_first(unknown, "attribute", name))
		problem_add(unknown->warnings, unknown->file, line, "unknown attribute %s of %s; it has no effect",
			    name, element);
}

void xml_unknown_text(struct xml_unknown *unknown, unsigned line, const char *parent)
{
	if (is_first(unknown, "text", parent))
		problem_add(unknown->warnings, unknown->file, line,
			    "text in %s, which holds only elements; it is left out", parent);
}
