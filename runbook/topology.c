// SPDX-License-Identifier: MIT
#include "runbook/topology.h"

#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/name_set.h"
#include "runbook/script_xml.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_write.h"

/* Where the content of RunbookTopologyData stands in a runbook. */
enum { BODY_LEVEL = 2 };

static void read_services(struct xml_doc *doc, xmlNode *list, struct topology_machine *ret)
{
	CLEANUP_NAME_SET struct name_set *seen = name_set_new();
	xmlNode *item = NULL;
	size_t alloc = 0;
	size_t first;

	while ((item = xml_read_next(doc, list, item, "string"))) {
		CLEANUP_FREE char *name = xml_read_own_text(doc, item, XML_PLAIN_NAME);

		if (*name && !name_set_add(seen, name, xml_line(item), &first)) {
			problem_add(doc->problems, doc->file, xml_line(item),
				    "service model %s stands twice on this machine, first in line %zu; remove one",
				    name, first);
			continue;
		}
		ret->services = xgrow(ret->services, ret->service_count, &alloc, sizeof(*ret->services));
		ret->services[ret->service_count++] = (struct topology_service){ TAKE(name), xml_line(item) };
	}
	free(xml_read_rest(doc, list, 0));
}

static void read_machine(struct xml_doc *doc, xmlNode *element, struct topology_machine *ret)
{
	xmlNode *list = xml_read_child(doc, element, "ServiceModelList", XML_OPTIONAL);

	*ret = (struct topology_machine){ .line = xml_line(element) };
	ret->name = xml_read_text(doc, element, "Name", XML_PLAIN_NAME);
	if (list)
		read_services(doc, list, ret);
	free(xml_read_rest(doc, element, 0));
}

static void read_machines(struct xml_doc *doc, xmlNode *list, struct topology *ret)
{
	CLEANUP_NAME_SET struct name_set *seen = name_set_new();
	xmlNode *element = NULL;
	size_t alloc = 0;
	size_t first;

	while ((element = xml_read_next(doc, list, element, "Machine"))) {
		struct topology_machine *machine;

		ret->machines = xgrow(ret->machines, ret->machine_count, &alloc, sizeof(*ret->machines));
		machine = &ret->machines[ret->machine_count++];
		read_machine(doc, element, machine);
		if (*machine->name && !name_set_add(seen, machine->name, machine->line, &first))
			problem_add(doc->problems, doc->file, machine->line,
				    "machine %s stands twice, first in line %zu; make one of both", machine->name,
				    first);
	}
	free(xml_read_rest(doc, list, 0));
}

static void read_topology(struct xml_doc *doc, xmlNode *root, void *user)
{
	struct topology *ret = user;
	xmlNode *list = xml_read_child(doc, root, "MachineList", XML_REQUIRED);

	ret->file = xstrdup(doc->file);
	ret->name = xml_read_text(doc, root, "Name", XML_OPTIONAL);
	script_xml_read(doc, root, "BackupScript", &ret->backup);
	if (list)
		read_machines(doc, list, ret);
	ret->body_xml = xml_write_inner(root, BODY_LEVEL);
}

static void release_topology(void *topology)
{
	topology_release(topology);
}

static const struct xml_doc_kind topology_kind = { "TopologyData", read_topology, release_topology };

bool topology_read(const char *path, struct topology *ret, struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, XML_DOC_LIMIT_BYTES, problems);

	*ret = (struct topology)TOPOLOGY_INIT;
	return xml_doc_read_as(&topology_kind, ret, source, problems, warnings);
}

bool topology_parse(const struct document *document, struct topology *ret, struct problem_list *problems,
		    struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);

	*ret = (struct topology)TOPOLOGY_INIT;
	return xml_doc_read_as(&topology_kind, ret, source, problems, warnings);
}

static void machine_release(struct topology_machine *machine)
{
	for (size_t i = 0; i < machine->service_count; i++)
		free(machine->services[i].name);
	free(machine->services);
	free(machine->name);
}

void topology_release(struct topology *topology)
{
	for (size_t i = 0; i < topology->machine_count; i++)
		machine_release(&topology->machines[i]);
	free(topology->machines);
	script_release(&topology->backup);
	free(topology->file);
	free(topology->name);
	free(topology->body_xml);
	*topology = (struct topology)TOPOLOGY_INIT;
}

bool machine_is_own(const char *machine, const char *own_name)
{
	return strcasecmp(machine, "localhost") == 0 || strcasecmp(machine, own_name) == 0;
}
