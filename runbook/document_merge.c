// SPDX-License-Identifier: MIT
#include "runbook/document_merge.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_value.h"
#include "runbook/xml_write.h"

/* Both documents, and where conflicts go. */
struct merge {
	struct xml_doc first;
	struct xml_doc second;
	struct problem_list *problems;
	struct problem_list ignored; /* unknown elements: they were told of when each document was read by itself */
};

/* An item that both have: what becomes of it. */
typedef void (*unite_items)(struct merge *merge, xmlNode *first, xmlNode *second);

static char *text_of(struct xml_doc *doc, xmlNode *parent, const char *name)
{
	return xml_read_text(doc, parent, name, XML_TRIM);
}

static void conflict(struct merge *merge, const xmlNode *node, const char *what, const char *name, const char *why)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	strbuf_add_visible(&shown, name, XML_SHOWN_BYTES);
	problem_add(merge->problems, merge->second.file, xml_line(node), "%s %s %s in %s", what, shown.data, why,
		    merge->first.file);
}

static bool is_same(const xmlNode *first, const xmlNode *second)
{
	CLEANUP_STRBUF struct strbuf left = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf right = STRBUF_INIT;

	xml_write_outer(&left, first, 0);
	xml_write_outer(&right, second, 0);
	return strcmp(left.data, right.data) == 0;
}

static void append(struct merge *merge, xmlNode *parent, xmlNode *node)
{
	xmlNode *copy = xmlDocCopyNode(node, merge->first.tree, 1);

	if (!copy || !xmlAddChild(parent, copy))
		abort();
}

/* ---- Lists -------------------------------------------------------------------------------------------------- */

/* Which children of a list are its items, and what tells one from another: a child, or (NULL) its whole text. */
struct list_kind {
	const char *item;
	const char *key;
	unite_items unite; /* NULL: one is as good as the other */
};

static char *key_of(struct xml_doc *doc, xmlNode *item, const struct list_kind *kind)
{
	xmlChar *text;
	char *key;

	if (kind->key)
		return text_of(doc, item, kind->key);
	text = xmlNodeGetContent(item);
	key = xstrdup(text ? (const char *)text : "");
	xmlFree(text);
	return key;
}

static xmlNode *find_item(struct merge *merge, xmlNode *list, const struct list_kind *kind, const char *key)
{
	xmlNode *item = NULL;

	while ((item = xml_read_next(&merge->first, list, item, kind->item))) {
		CLEANUP_FREE char *own = key_of(&merge->first, item, kind);

		if (strcasecmp(own, key) == 0)
			return item;
	}
	return NULL;
}

static void unite_list(struct merge *merge, xmlNode *first, xmlNode *second, const struct list_kind *kind)
{
	xmlNode *item = NULL;

	while ((item = xml_read_next(&merge->second, second, item, kind->item))) {
		CLEANUP_FREE char *key = key_of(&merge->second, item, kind);
		xmlNode *own = find_item(merge, first, kind, key);

		if (!own)
			append(merge, first, item);
		else if (kind->unite)
			kind->unite(merge, own, item);
	}
}

/* Lists that are children of that name; one that the first does not have is taken over as a whole. */
static void unite_child_lists(struct merge *merge, xmlNode *first, xmlNode *second, const char *name,
			      const struct list_kind *kind)
{
	xmlNode *from = xml_read_child(&merge->second, second, name, XML_OPTIONAL);
	xmlNode *into = xml_read_child(&merge->first, first, name, XML_OPTIONAL);

	if (from && into)
		unite_list(merge, into, from, kind);
	else if (from)
		append(merge, first, from);
}

static const struct list_kind strings = { "string", NULL, NULL };

/* ---- Kinds of documents ------------------------------------------------------------------------------------- */

static void must_agree(struct merge *merge, xmlNode *first, xmlNode *second, const char *name)
{
	CLEANUP_FREE char *own = text_of(&merge->first, first, name);
	CLEANUP_FREE char *other = text_of(&merge->second, second, name);

	if (*own && *other && strcasecmp(own, other) != 0)
		conflict(merge, xml_read_child(&merge->second, second, name, XML_OPTIONAL), name, other,
			 "is another one than");
}

static void unite_models(struct merge *merge, xmlNode *first, xmlNode *second)
{
	CLEANUP_FREE char *name = text_of(&merge->second, second, "Name");
	bool is_first_selected = xml_read_bool(&merge->first, first, "SelectedForUpdate", true);
	bool is_second_selected = xml_read_bool(&merge->second, second, "SelectedForUpdate", true);
	xmlNode *copy;

	if (is_same(first, second) || (is_first_selected && !is_second_selected))
		return;
	if (is_first_selected == is_second_selected) {
		conflict(merge, second, "service model", name, "is defined otherwise than");
		return;
	}
	copy = xmlDocCopyNode(second, merge->first.tree, 1);
	if (!copy || !xmlReplaceNode(first, copy))
		abort();
	xmlFreeNode(first);
}

static void unite_machines(struct merge *merge, xmlNode *first, xmlNode *second)
{
	unite_child_lists(merge, first, second, "ServiceModelList", &strings);
}

static void unite_types(struct merge *merge, xmlNode *first, xmlNode *second)
{
	CLEANUP_FREE char *guid = text_of(&merge->second, second, "Guid");
	CLEANUP_FREE char *own = text_of(&merge->first, first, "PackageType");
	CLEANUP_FREE char *other = text_of(&merge->second, second, "PackageType");

	if (strcasecmp(own, other) != 0)
		conflict(merge, second, "Guid", guid, "has another PackageType than");
}

static void merge_service_models(struct merge *merge, xmlNode *first, xmlNode *second)
{
	static const struct list_kind models = { "ServiceModel", "Name", unite_models };

	must_agree(merge, first, second, "Guid");
	unite_child_lists(merge, first, second, "ServiceModelList", &models);
}

static void merge_topology(struct merge *merge, xmlNode *first, xmlNode *second)
{
	static const struct list_kind machines = { "Machine", "Name", unite_machines };

	unite_child_lists(merge, first, second, "MachineList", &machines);
}

static void merge_types(struct merge *merge, xmlNode *first, xmlNode *second)
{
	static const struct list_kind types = { "Package", "Guid", unite_types };

	unite_list(merge, first, second, &types);
}

static void unite_type(struct merge *merge, xmlNode *first, xmlNode *second)
{
	CLEANUP_FREE char *own = text_of(&merge->first, first, "Type");
	CLEANUP_FREE char *other = text_of(&merge->second, second, "Type");
	xmlNode *element = xml_read_child(&merge->first, first, "Type", XML_OPTIONAL);

	if (element && *other && strcasecmp(own, other) != 0)
		xmlNodeSetContent(element, (const xmlChar *)"MergedPackage");
}

static void merge_hotfix_info(struct merge *merge, xmlNode *first, xmlNode *second)
{
	static const char *const lists[] = { "ServiceModelList", "MetadataModuleList", "MetadataModelList",
					     "IncludedDeployablePackages", "OtherComponentList" };
	static const struct list_kind components = { "ArrayOfString", NULL, NULL };

	must_agree(merge, first, second, "PlatformVersion");
	unite_type(merge, first, second);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		unite_child_lists(merge, first, second, lists[i], &strings);
	unite_child_lists(merge, first, second, "AllComponentList", &components);
}

static const struct {
	const char *root;
	void (*merge)(struct merge *merge, xmlNode *first, xmlNode *second);
} kinds[] = {
	[MERGE_SERVICE_MODELS] = { "ServiceModelData", merge_service_models },
	[MERGE_TOPOLOGY] = { "TopologyData", merge_topology },
	[MERGE_HOTFIX_INFO] = { "HotfixInstallationInfo", merge_hotfix_info },
	[MERGE_PACKAGE_TYPES] = { "ReleasedPackages", merge_types },
};

/* ---- The whole ---------------------------------------------------------------------------------------------- */

static void merge_release(struct merge *merge)
{
	xml_doc_release(&merge->first);
	xml_doc_release(&merge->second);
	problem_list_release(&merge->ignored);
}

static xmlNode *load(struct merge *merge, struct xml_doc *doc, const struct document *document, const char *root)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);

	return xml_doc_load(doc, source, merge->problems, &merge->ignored) ? xml_doc_root(doc, root) : NULL;
}

bool document_merge(enum merge_kind kind, const struct document *first, const struct document *second,
		    struct strbuf *ret, struct problem_list *problems)
{
	CLEANUP(merge_release) struct merge merge = { .problems = problems };
	size_t before = problem_list_total(problems);
	xmlNode *into = load(&merge, &merge.first, first, kinds[kind].root);
	xmlNode *from = into ? load(&merge, &merge.second, second, kinds[kind].root) : NULL;

	if (!from)
		return false;
	kinds[kind].merge(&merge, into, from);
	if (problem_list_total(problems) != before)
		return false;
	xml_out_declaration(ret);
	strbuf_add_char(ret, '\n');
	xml_write_outer(ret, into, 0);
	strbuf_add_char(ret, '\n');
	return true;
}
