// SPDX-License-Identifier: MIT
#include "runbook/xml_write.h"

#include <limits.h>
#include <string.h>

#include "runbook/xml_value.h"

static const unsigned AS_IT_IS = UINT_MAX;

static void add(struct strbuf *out, const xmlChar *text)
{
	strbuf_add_str(out, (const char *)text);
}

static void add_name(struct strbuf *out, const xmlNs *ns, const xmlChar *name)
{
	if (ns && ns->prefix) {
		add(out, ns->prefix);
		strbuf_add_char(out, ':');
	}
	add(out, name);
}

static void add_namespace(struct strbuf *out, const xmlNs *ns)
{
	strbuf_add_str(out, ns->prefix ? " xmlns:" : " xmlns");
	if (ns->prefix)
		add(out, ns->prefix);
	strbuf_add_str(out, "=\"");
	if (ns->href)
		xml_out_parsed_attribute(out, (const char *)ns->href, strlen((const char *)ns->href));
	strbuf_add_char(out, '"');
}

static void add_attribute(struct strbuf *out, const xmlAttr *attribute)
{
	strbuf_add_char(out, ' ');
	add_name(out, attribute->ns, attribute->name);
	strbuf_add_str(out, "=\"");
	for (const xmlNode *text = attribute->children; text; text = text->next)
		if (text->content)
			xml_out_attribute(out, (const char *)text->content, strlen((const char *)text->content));
	strbuf_add_char(out, '"');
}

static bool is_ours(const xmlNs *ns)
{
	return ns->prefix && ns->href &&
	       ((strcmp((const char *)ns->prefix, "xsi") == 0 &&
		 strcmp((const char *)ns->href, XML_NAMESPACE_XSI) == 0) ||
		(strcmp((const char *)ns->prefix, "xsd") == 0 &&
		 strcmp((const char *)ns->href, XML_NAMESPACE_XSD) == 0));
}

static bool is_declared(const xmlNode *from, const xmlNode *until, const xmlNs *ns)
{
	for (const xmlNode *node = from; node != until; node = node->parent)
		for (const xmlNs *own = node->nsDef; own; own = own->next)
			if (xmlStrEqual(own->prefix, ns->prefix))
				return true;
	return false;
}

/* What is declared around the element, the nearest first. */
static void add_inherited(struct strbuf *out, const xmlNode *element)
{
	for (const xmlNode *node = element->parent; node && node->type == XML_ELEMENT_NODE; node = node->parent)
		for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
			if (!is_ours(ns) && !is_declared(element, node, ns))
				add_namespace(out, ns);
}

static void add_tag(struct strbuf *out, const xmlNode *element, bool is_outermost)
{
	strbuf_add_char(out, '<');
	add_name(out, element->ns, element->name);
	for (const xmlNs *ns = element->nsDef; ns; ns = ns->next)
		add_namespace(out, ns);
	if (is_outermost)
		add_inherited(out, element);
	for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
		add_attribute(out, attribute);
}

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* Whether white space between the children means nothing. */
static bool holds_only_elements(const xmlNode *element)
{
	bool has_element = false;

	for (const xmlNode *node = element->children; node; node = node->next) {
		if (is_text(node) && !xml_is_space((const char *)node->content))
			return false;
		has_element |= node->type == XML_ELEMENT_NODE || node->type == XML_COMMENT_NODE;
	}
	return has_element;
}

static void add_element(struct strbuf *out, const xmlNode *element, unsigned level, bool is_outermost);

static void add_other(struct strbuf *out, const xmlNode *node)
{
	if (node->type == XML_COMMENT_NODE) {
		strbuf_addf(out, "<!--%s-->", (const char *)node->content);
	} else if (node->type == XML_PI_NODE) {
		strbuf_addf(out, "<?%s%s%s?>", (const char *)node->name, node->content ? " " : "",
			    node->content ? (const char *)node->content : "");
	} else if (is_text(node)) {
		xml_out_escaped(out, (const char *)node->content, strlen((const char *)node->content));
	}
}

/* With a level each child but white space is on a line of its own; the first one only if `with_first`. */
static void add_children(struct strbuf *out, const xmlNode *element, unsigned level, bool is_outermost)
{
	bool is_first = is_outermost;

	for (const xmlNode *node = element->children; node; node = node->next) {
		if (level != AS_IT_IS && is_text(node))
			continue;
		if (level != AS_IT_IS && !is_first)
			xml_out_indent(out, level);
		is_first = false;
		if (node->type == XML_ELEMENT_NODE)
			add_element(out, node, level, is_outermost);
		else
			add_other(out, node);
	}
}

static void add_element(struct strbuf *out, const xmlNode *element, unsigned level, bool is_outermost)
{
	bool is_layout = level != AS_IT_IS && holds_only_elements(element);

	add_tag(out, element, is_outermost);
	if (!element->children) {
		strbuf_add_str(out, " />");
		return;
	}
	strbuf_add_char(out, '>');
	add_children(out, element, is_layout ? level + 1 : AS_IT_IS, false);
	if (is_layout)
		xml_out_indent(out, level);
	strbuf_add_str(out, "</");
	add_name(out, element->ns, element->name);
	strbuf_add_char(out, '>');
}

void xml_write_outer(struct strbuf *out, const xmlNode *element, unsigned level)
{
	add_element(out, element, level, true);
}

char *xml_write_inner(const xmlNode *element, unsigned level)
{
	CLEANUP_STRBUF struct strbuf out = STRBUF_INIT;

	add_children(&out, element, holds_only_elements(element) ? level : AS_IT_IS, true);
	strbuf_trim(&out);
	return strbuf_detach(&out);
}

void xml_write_document(struct strbuf *out, const xmlDoc *tree)
{
	xml_out_declaration(out);
	for (const xmlNode *node = tree->children; node; node = node->next) {
		strbuf_add_char(out, '\n');
		if (node->type == XML_ELEMENT_NODE)
			add_element(out, node, AS_IT_IS, false);
		else
			add_other(out, node);
	}
	strbuf_add_char(out, '\n');
}
