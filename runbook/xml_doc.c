// SPDX-License-Identifier: MIT
#include "runbook/xml_doc.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"
#include "runbook/names.h"
#include "runbook/xml_parser.h"
#include "runbook/xml_value.h"
#include "runbook/xml_write.h"

bool xml_doc_load(struct xml_doc *doc, struct xml_source *source, struct problem_list *problems,
		  struct problem_list *warnings)
{
	CLEANUP_XML_PARSER struct xml_parser parser = { 0 };

	if (!source)
		return false;
	xml_parser_init(&parser, NULL, NULL, problems);
	parser.item_limit = XML_DOC_LIMIT_ITEMS;
	if (!xml_parser_run(&parser, source))
		return false;
	doc->tree = TAKE(parser.context->myDoc);
	doc->file = xstrdup(xml_source_file(source));
	doc->problems = problems;
	doc->problems_before = problem_list_total(problems);
	xml_unknown_init(&doc->unknown, doc->file, warnings);
	return true;
}

void xml_doc_release(struct xml_doc *doc)
{
	xmlFreeDoc(doc->tree);
	free(doc->file);
	xml_unknown_release(&doc->unknown);
	*doc = (struct xml_doc)XML_DOC_INIT;
}

unsigned xml_line(const xmlNode *node)
{
	long line = xmlGetLineNo(node);

	return line > 0 ? (unsigned)line : 0;
}

static const char *name_of(const xmlNode *node)
{
	return (const char *)node->name;
}

static bool is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && !node->ns && strcmp(name_of(node), name) == 0;
}

static void check_namespaces(struct xml_doc *doc, const xmlNode *element)
{
	unsigned count = 0;

	for (const xmlNs *ns = element->nsDef; ns; ns = ns->next)
		count++;
	if (count > XML_NAMESPACE_LIMIT)
		problem_add(doc->problems, doc->file, xml_line(element), "%s declares more than %d namespaces",
			    name_of(element), XML_NAMESPACE_LIMIT);
}

xmlNode *xml_doc_root(struct xml_doc *doc, const char *name)
{
	xmlNode *root = xmlDocGetRootElement(doc->tree);

	check_namespaces(doc, root);
	if (is_named(root, name))
		return root;
	problem_add(doc->problems, doc->file, xml_line(root), "the root element is %s%s, expected %s", name_of(root),
		    root->ns ? " in a namespace" : "", name);
	return NULL;
}

static bool has_problems(const struct xml_doc *doc)
{
	return problem_list_total(doc->problems) != doc->problems_before;
}

/* In the order of the file, from the one at `from` on. */
static void sort_problems(struct problem_list *list, size_t from)
{
	for (size_t i = from + 1; i < list->count; i++) {
		struct problem moved = list->items[i];
		size_t place = i;

		for (; place > from && list->items[place - 1].line > moved.line; place--)
			list->items[place] = list->items[place - 1];
		list->items[place] = moved;
	}
}

bool xml_doc_read_as(const struct xml_doc_kind *kind, void *ret, struct xml_source *source,
		     struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	size_t first = problems->count;
	xmlNode *root;

	if (!xml_doc_load(&doc, source, problems, warnings) || !(root = xml_doc_root(&doc, kind->root)))
		return false;
	kind->read(&doc, root, ret);
	free(xml_read_rest(&doc, root, 0));
	if (!has_problems(&doc))
		return true;
	sort_problems(problems, first);
	kind->release(ret);
	return false;
}

/* Attributes of elements that we know; those of XML Schema instances (xsi:type, xsi:nil) come with .NET and say nothing. */
static void report_attributes(struct xml_doc *doc, const xmlNode *element)
{
	for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
		if (!attribute->ns || strcmp((const char *)attribute->ns->href, XML_NAMESPACE_XSI) != 0)
			xml_unknown_attribute(&doc->unknown, xml_line(element), (const char *)attribute->name,
					      name_of(element));
}

static void mark_known(struct xml_doc *doc, xmlNode *element)
{
	element->_private = doc;
	check_namespaces(doc, element);
	report_attributes(doc, element);
}

xmlNode *xml_read_next(struct xml_doc *doc, xmlNode *list, xmlNode *previous, const char *name)
{
	for (xmlNode *node = previous ? previous->next : list->children; node; node = node->next) {
		if (!is_named(node, name))
			continue;
		mark_known(doc, node);
		return node;
	}
	return NULL;
}

xmlNode *xml_read_child(struct xml_doc *doc, xmlNode *parent, const char *name, unsigned rules)
{
	xmlNode *found = xml_read_next(doc, parent, NULL, name);
	xmlNode *more = found;

	if (!found && (rules & XML_REQUIRED))
		problem_add(doc->problems, doc->file, xml_line(parent), "%s has no %s; add <%s>…</%s>", name_of(parent),
			    name, name, name);
	while (more && (more = xml_read_next(doc, parent, more, name)))
		problem_add(doc->problems, doc->file, xml_line(more),
			    "%s stands twice in %s, first in line %u; remove one", name, name_of(parent),
			    xml_line(found));
	return found;
}

static void collect_text(struct xml_doc *doc, const xmlNode *element, struct strbuf *ret)
{
	for (const xmlNode *node = element->children; node; node = node->next) {
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			strbuf_add_str(ret, (const char *)node->content);
		else if (node->type == XML_ELEMENT_NODE)
			problem_add(doc->problems, doc->file, xml_line(node),
				    "element %s in %s, which holds only text; remove it", name_of(node),
				    name_of(element));
	}
}

static void check_text(struct xml_doc *doc, const xmlNode *element, const char *text, unsigned rules)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	if (!*text && (rules & (XML_NOT_EMPTY | XML_PLAIN_NAME))) {
		problem_add(doc->problems, doc->file, xml_line(element), "%s is empty; fill it in", name_of(element));
		return;
	}
	if (!(rules & XML_PLAIN_NAME) || name_is_plain(text))
		return;
	strbuf_add_visible(&shown, text, XML_SHOWN_BYTES);
	problem_add(doc->problems, doc->file, xml_line(element),
		    "\"%s\" is no name: at most 128 bytes, no slashes, no dot or ~ at the beginning", shown.data);
}

char *xml_read_own_text(struct xml_doc *doc, xmlNode *element, unsigned rules)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	collect_text(doc, element, &text);
	if ((rules & (XML_TRIM | XML_PLAIN_NAME)) || xml_is_space(text.data))
		strbuf_trim(&text);
	check_text(doc, element, text.data, rules);
	return strbuf_detach(&text);
}

char *xml_read_text(struct xml_doc *doc, xmlNode *parent, const char *name, unsigned rules)
{
	unsigned presence = rules & XML_PLAIN_NAME ? rules | XML_REQUIRED : rules;
	xmlNode *element = xml_read_child(doc, parent, name, presence);

	return element ? xml_read_own_text(doc, element, rules) : xstrdup("");
}

static void add_bad_value(struct xml_doc *doc, xmlNode *parent, const char *name, const char *value,
			  const char *expected)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	strbuf_add_visible(&shown, value, XML_SHOWN_BYTES);
	problem_add(doc->problems, doc->file, xml_line(xml_read_next(doc, parent, NULL, name)),
		    "%s is \"%s\", expected %s", name, shown.data, expected);
}

bool xml_read_bool(struct xml_doc *doc, xmlNode *parent, const char *name, bool absent)
{
	CLEANUP_FREE char *text = xml_read_text(doc, parent, name, XML_TRIM);
	bool value = absent;

	if (*text && !xml_value_bool(text, &value))
		add_bad_value(doc, parent, name, text, XML_VALUE_BOOL_WORDS);
	return value;
}

unsigned xml_read_uint(struct xml_doc *doc, xmlNode *parent, const char *name)
{
	CLEANUP_FREE char *text = xml_read_text(doc, parent, name, XML_TRIM);
	unsigned value = 0;

	if (*text && !xml_value_uint(text, XML_VALUE_UINT_LIMIT, &value))
		add_bad_value(doc, parent, name, text, XML_VALUE_UINT_WORDS);
	return value;
}

void xml_read_strings(struct xml_doc *doc, xmlNode *parent, const char *name, struct strv *ret)
{
	xmlNode *list = xml_read_child(doc, parent, name, XML_OPTIONAL);
	xmlNode *item = NULL;

	while (list && (item = xml_read_next(doc, list, item, "string"))) {
		char *text = xml_read_own_text(doc, item, XML_TRIM);

		if (*text)
			strv_push_take(ret, text);
		else
			free(text);
	}
	if (list)
		free(xml_read_rest(doc, list, 0));
}

void xml_read_not(xmlNode *element)
{
	element->_private = NULL;
}

void xml_read_known(struct xml_doc *doc, xmlNode *parent, const char *const *names)
{
	for (; *names; names++)
		(void)xml_read_child(doc, parent, *names, XML_OPTIONAL);
}

char *xml_read_rest(struct xml_doc *doc, xmlNode *parent, unsigned level)
{
	CLEANUP_STRBUF struct strbuf rest = STRBUF_INIT;

	for (xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE && !node->_private) {
			xml_unknown_element(&doc->unknown, xml_line(node), name_of(node), name_of(parent));
			if (rest.length)
				xml_out_indent(&rest, level);
			if (!has_problems(doc))
				xml_write_outer(&rest, node, level);
		} else if (node->type != XML_COMMENT_NODE && node->content &&
			   !xml_is_space((const char *)node->content)) {
			xml_unknown_text(&doc->unknown, xml_line(node), name_of(parent));
		}
	}
	return strbuf_detach(&rest);
}
