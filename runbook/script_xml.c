// SPDX-License-Identifier: MIT
#include "runbook/script_xml.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_value.h"

static void read_sub_step(struct xml_doc *doc, xmlNode *element, struct sub_step *ret)
{
	ret->name = xml_read_text(doc, element, "Name", XML_REQUIRED | XML_NOT_EMPTY | XML_TRIM);
	ret->group = xml_read_text(doc, element, "Group", XML_TRIM);
	ret->file_name = xml_read_text(doc, element, "FileName", XML_TRIM);
	ret->description = xml_read_text(doc, element, "Description", XML_OPTIONAL);
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Whether the element holds nothing but elements of these names, and no text beside them. */
static bool holds_only(const xmlNode *element, const char *const *names)
{
	for (const xmlNode *node = element->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE && (node->ns || !is_one_of((const char *)node->name, names)))
			return false;
		if (node->type != XML_ELEMENT_NODE && node->type != XML_COMMENT_NODE &&
		    !xml_is_space((const char *)node->content))
			return false;
	}
	return true;
}

/* Nobody knows what a DynamicStepDefinition of the original holds: one of another kind is an unknown element. */
static bool is_ours(const xmlNode *definition)
{
	static const char *const items[] = { "SubStep", NULL };
	static const char *const fields[] = { "Name", "Group", "FileName", "Description", NULL };

	if (!holds_only(definition, items))
		return false;
	for (const xmlNode *node = definition->children; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE && !holds_only(node, fields))
			return false;
	return true;
}

static void read_sub_steps(struct xml_doc *doc, xmlNode *parent, struct script *ret)
{
	xmlNode *list = xml_read_child(doc, parent, "DynamicStepDefinition", XML_OPTIONAL);
	xmlNode *element = NULL;
	size_t alloc = 0;

	if (list && !is_ours(list)) {
		xml_read_not(list);
		return;
	}
	while (list && (element = xml_read_next(doc, list, element, "SubStep"))) {
		ret->sub_steps = xgrow(ret->sub_steps, ret->sub_step_count, &alloc, sizeof(*ret->sub_steps));
		read_sub_step(doc, element, &ret->sub_steps[ret->sub_step_count++]);
	}
}

void script_xml_read(struct xml_doc *doc, xmlNode *parent, const char *name, struct script *ret)
{
	xmlNode *element = xml_read_child(doc, parent, name, XML_OPTIONAL);

	if (!element) {
		script_init(ret);
		return;
	}
	*ret = (struct script){ .present = true, .line = xml_line(element) };
	ret->file_name = xml_read_text(doc, element, "FileName", XML_TRIM);
	ret->automated = xml_read_bool(doc, element, "Automated", false);
	ret->description = xml_read_text(doc, element, "Description", XML_OPTIONAL);
	ret->retry_count = xml_read_uint(doc, element, "RetryCount");
	ret->timeout_min = xml_read_uint(doc, element, "TimeoutValue");
	ret->own_process = xml_read_bool(doc, element, "InvokeWithPowershellProcess", false);
	ret->no_auto_resume = xml_read_bool(doc, element, "DoNotAutoResume", false);
	read_sub_steps(doc, element, ret);
	ret->unknown_xml = xml_read_rest(doc, element, SCRIPT_XML_LEVEL);
}
