// SPDX-License-Identifier: MIT
#include "runbook/xml_fragment.h"

#include <string.h>

#include "runbook/xml_value.h"

enum { NAMESPACE_PARTS = 2, ATTRIBUTE_PARTS = 5 };

static void add_name(struct strbuf *out, const xmlChar *name, const xmlChar *prefix)
{
	if (prefix) {
		strbuf_add_str(out, (const char *)prefix);
		strbuf_add_char(out, ':');
	}
	strbuf_add_str(out, (const char *)name);
}

static bool is_ours(const char *prefix, const char *uri)
{
	return (strcmp(prefix, "xsi") == 0 && strcmp(uri, XML_NAMESPACE_XSI) == 0) ||
	       (strcmp(prefix, "xsd") == 0 && strcmp(uri, XML_NAMESPACE_XSD) == 0);
}

void xml_fragment_add_namespace(struct strbuf *out, const char *prefix, const char *uri)
{
	strbuf_add_str(out, *prefix ? " xmlns:" : " xmlns");
	strbuf_add_str(out, prefix);
	strbuf_add_str(out, "=\"");
	xml_out_parsed_attribute(out, uri, strlen(uri));
	strbuf_add_char(out, '"');
}

void xml_fragment_add_namespaces(struct strbuf *out, const struct xml_start *start, bool without_ours)
{
	for (int i = 0; i < start->namespace_count; i++) {
		const char *prefix = (const char *)start->namespaces[i * NAMESPACE_PARTS];
		const char *uri = (const char *)start->namespaces[i * NAMESPACE_PARTS + 1];

		prefix = prefix ? prefix : "";
		uri = uri ? uri : "";
		if (!without_ours || !is_ours(prefix, uri))
			xml_fragment_add_namespace(out, prefix, uri);
	}
}

void xml_fragment_add_attributes(struct strbuf *out, const struct xml_start *start)
{
	for (int i = 0; i < start->attribute_count; i++) {
		const xmlChar **parts = start->attributes + (size_t)i * ATTRIBUTE_PARTS;

		strbuf_add_char(out, ' ');
		add_name(out, parts[0], parts[1]);
		strbuf_add_str(out, "=\"");
		xml_out_parsed_attribute(out, (const char *)parts[3], (size_t)(parts[4] - parts[3]));
		strbuf_add_char(out, '"');
	}
}

static void end_tag(struct xml_fragment *fragment)
{
	if (fragment->is_tag_pending)
		strbuf_add_char(fragment->out, '>');
	fragment->is_tag_pending = false;
}

void xml_fragment_start(struct xml_fragment *fragment, const struct xml_start *start, const char *extra)
{
	end_tag(fragment);
	strbuf_add_char(fragment->out, '<');
	add_name(fragment->out, start->name, start->prefix);
	xml_fragment_add_namespaces(fragment->out, start, false);
	if (extra)
		strbuf_add_str(fragment->out, extra);
	xml_fragment_add_attributes(fragment->out, start);
	fragment->is_tag_pending = true;
	fragment->depth++;
}

void xml_fragment_end(struct xml_fragment *fragment, const xmlChar *name, const xmlChar *prefix)
{
	fragment->depth--;
	if (fragment->is_tag_pending) {
		strbuf_add_str(fragment->out, " />");
		fragment->is_tag_pending = false;
		return;
	}
	strbuf_add_str(fragment->out, "</");
	add_name(fragment->out, name, prefix);
	strbuf_add_char(fragment->out, '>');
}

void xml_fragment_text(struct xml_fragment *fragment, const char *text, size_t length)
{
	end_tag(fragment);
	xml_out_escaped(fragment->out, text, length);
}

void xml_fragment_comment(struct xml_fragment *fragment, const char *text)
{
	end_tag(fragment);
	strbuf_addf(fragment->out, "<!--%s-->", text);
}

void xml_fragment_instruction(struct xml_fragment *fragment, const char *target, const char *data)
{
	end_tag(fragment);
	strbuf_addf(fragment->out, "<?%s%s%s?>", target, data ? " " : "", data ? data : "");
}
