// SPDX-License-Identifier: MIT
#include "runbook/nuspec.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_doc.h"

/* NuGet's own limit of an id; a version is no longer. */
enum { ID_LIMIT_BYTES = 128, DEPENDENCY_LIMIT = 10000 };

void nuspec_release(struct nuspec *nuspec)
{
	free(nuspec->id);
	free(nuspec->version);
	free(nuspec->title);
	free(nuspec->authors);
	free(nuspec->description);
	strv_release(&nuspec->dependencies);
	*nuspec = (struct nuspec)NUSPEC_INIT;
}

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *find_child(const xmlNode *parent, const char *name)
{
	for (const xmlNode *node = parent->children; node; node = node->next)
		if (is_element(node, name))
			return node;
	return NULL;
}

static char *read_text(const xmlNode *parent, const char *name)
{
	const xmlNode *element = find_child(parent, name);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	for (const xmlNode *node = element ? element->children : NULL; node; node = node->next)
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			strbuf_add_str(&text, (const char *)node->content);
	strbuf_trim(&text);
	return strbuf_detach(&text);
}

static void add_dependency(const xmlNode *node, struct nuspec *ret)
{
	xmlChar *id = xmlGetNoNsProp(node, (const xmlChar *)"id");
	xmlChar *version = xmlGetNoNsProp(node, (const xmlChar *)"version");
	CLEANUP_FREE char *text = xasprintf("%s%s%s", id ? (char *)id : "", version && *version ? " " : "",
					    version ? (char *)version : "");

	if (id && *id && ret->dependencies.count < DEPENDENCY_LIMIT && !strv_contains_nocase(&ret->dependencies, text))
		strv_push(&ret->dependencies, text);
	xmlFree(id);
	xmlFree(version);
}

/* They stand in the list itself, or in groups, one for each framework. */
static void add_dependencies(const xmlNode *list, struct nuspec *ret)
{
	for (const xmlNode *node = list ? list->children : NULL; node; node = node->next) {
		if (is_element(node, "dependency"))
			add_dependency(node, ret);
		for (const xmlNode *inner = is_element(node, "group") ? node->children : NULL; inner;
		     inner = inner->next)
			if (is_element(inner, "dependency"))
				add_dependency(inner, ret);
	}
}

static void check(const struct xml_doc *doc, const xmlNode *metadata, const char *name, const char *value)
{
	if (!*value || strlen(value) > ID_LIMIT_BYTES)
		problem_add(doc->problems, doc->file, xml_line(metadata), "the %s of the module is %s", name,
			    *value ? "too long" : "missing");
}

static void read_metadata(const struct xml_doc *doc, const xmlNode *metadata, struct nuspec *ret)
{
	ret->id = read_text(metadata, "id");
	ret->version = read_text(metadata, "version");
	ret->title = read_text(metadata, "title");
	ret->authors = read_text(metadata, "authors");
	ret->description = read_text(metadata, "description");
	add_dependencies(find_child(metadata, "dependencies"), ret);
	check(doc, metadata, "id", ret->id);
	check(doc, metadata, "version", ret->version);
}

static void read_package(const struct xml_doc *doc, struct nuspec *ret)
{
	const xmlNode *root = xmlDocGetRootElement(doc->tree);
	const xmlNode *metadata = is_element(root, "package") ? find_child(root, "metadata") : NULL;

	if (metadata)
		read_metadata(doc, metadata, ret);
	else
		problem_add(doc->problems, doc->file, xml_line(root), "no manifest of a module: %s",
			    is_element(root, "package") ? "package has no metadata"
							: "the root element is not package");
}

bool nuspec_parse(const struct document *document, struct nuspec *ret, struct problem_list *problems)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	CLEANUP_PROBLEMS struct problem_list ignored = PROBLEM_LIST_INIT;
	size_t before = problem_list_total(problems);

	*ret = (struct nuspec)NUSPEC_INIT;
	if (!xml_doc_load(&doc, source, problems, &ignored))
		return false;
	read_package(&doc, ret);
	if (problem_list_total(problems) == before)
		return true;
	nuspec_release(ret);
	return false;
}
