// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "runbook/base/fs.h"
#include "runbook/topology.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_value.h"
#include "runbook/xml_write.h"

/* Levels of a topology file, for elements that are new. */
enum { LEVEL_MACHINE_LIST = 1, LEVEL_MACHINE = 2, LEVEL_SERVICE_LIST = 3, LEVEL_SERVICE = 4 };

static const char empty_topology[] =
	"<TopologyData xmlns:xsi=\"" XML_NAMESPACE_XSI "\" xmlns:xsd=\"" XML_NAMESPACE_XSD "\">\n"
	"  <Name>AX topology</Name>\n"
	"</TopologyData>";

static bool is_text(const xmlNode *node)
{
	return node && node->type == XML_TEXT_NODE && xml_is_space((const char *)node->content);
}

/* A child element on a line of its own, behind what the parent holds. */
static xmlNode *append(xmlNode *parent, unsigned level, const char *name, const char *text)
{
	CLEANUP_STRBUF struct strbuf before = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf behind = STRBUF_INIT;
	xmlNode *child;

	if (is_text(parent->last)) {
		xmlNode *old = parent->last;

		xmlUnlinkNode(old);
		xmlFreeNode(old);
	}
	xml_out_indent(&before, level);
	xml_out_indent(&behind, level - 1);
	xmlNodeAddContent(parent, (const xmlChar *)before.data);
	child = xmlNewTextChild(parent, NULL, (const xmlChar *)name, (const xmlChar *)text);
	xmlNodeAddContent(parent, (const xmlChar *)behind.data);
	return child;
}

static xmlNode *child_or_new(struct xml_doc *doc, xmlNode *parent, unsigned level, const char *name)
{
	xmlNode *child = xml_read_child(doc, parent, name, XML_OPTIONAL);

	return child ? child : append(parent, level, name, NULL);
}

static xmlNode *find_machine(struct xml_doc *doc, xmlNode *list, const char *name)
{
	for (xmlNode *node = NULL; (node = xml_read_next(doc, list, node, "Machine"));) {
		CLEANUP_FREE char *own = xml_read_text(doc, node, "Name", XML_TRIM);

		if (strcasecmp(own, name) == 0)
			return node;
	}
	return NULL;
}

static void set_name(struct xml_doc *doc, xmlNode *machine, const char *name)
{
	xmlNode *element = xml_read_child(doc, machine, "Name", XML_OPTIONAL);
	CLEANUP_FREE char *own = element ? xml_read_own_text(doc, element, XML_TRIM) : NULL;

	if (!element) {
		append(machine, LEVEL_SERVICE_LIST, "Name", name);
	} else if (strcmp(own, name) != 0) {
		xmlNodeSetContent(element, NULL);
		xmlNodeAddContent(element, (const xmlChar *)name);
	}
}

/* With the white space before it: its line goes. */
static void remove_line(xmlNode *node)
{
	xmlNode *space = node->prev;

	if (is_text(space)) {
		xmlUnlinkNode(space);
		xmlFreeNode(space);
	}
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static void set_services(struct xml_doc *doc, xmlNode *machine, const struct strv *services)
{
	xmlNode *list = child_or_new(doc, machine, LEVEL_SERVICE_LIST, "ServiceModelList");
	xmlNode *old;

	while ((old = xml_read_next(doc, list, NULL, "string")))
		remove_line(old);
	for (size_t i = 0; i < services->count; i++)
		append(list, LEVEL_SERVICE, "string", services->items[i]);
}

static void edit(struct xml_doc *doc, xmlNode *root, const char *machine, const struct strv *services)
{
	xmlNode *list = child_or_new(doc, root, LEVEL_MACHINE_LIST, "MachineList");
	xmlNode *element = find_machine(doc, list, machine);

	if (!element)
		element = find_machine(doc, list, "localhost");
	if (!element)
		element = append(list, LEVEL_MACHINE, "Machine", NULL);
	set_name(doc, element, machine);
	set_services(doc, element, services);
}

/* The file that is there, or an empty topology. */
static struct xml_source *open_source(const char *path, mode_t *ret_mode, struct problem_list *problems)
{
	struct stat st;

	if (stat(path, &st) < 0 && errno == ENOENT)
		return xml_source_from_memory(empty_topology, sizeof(empty_topology) - 1, path);
	*ret_mode = st.st_mode & 0777;
	return xml_source_open(path, XML_DOC_LIMIT_BYTES, problems);
}

bool topology_set_machine(const char *path, const char *machine, const struct strv *services, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	mode_t mode = FS_MODE_FILE;
	CLEANUP_XML_SOURCE struct xml_source *source = open_source(path, &mode, &problems);
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	xmlNode *root = NULL;

	if (xml_doc_load(&doc, source, &problems, &warnings))
		root = xml_doc_root(&doc, "TopologyData");
	if (root)
		edit(&doc, root, machine, services);
	if (!problem_list_none(&problems, ERROR_INPUT, err))
		return false;
	xml_write_document(&text, doc.tree);
	return fs_write_atomic(path, text.data, text.length, mode, err);
}
