// SPDX-License-Identifier: MIT
#include "runbook/runbook_fields.h"

#include <limits.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"
#include "runbook/runbook_writer.h"
#include "runbook/xml_value.h"

#define HEAD(member) offsetof(struct runbook_head, member)
#define STEP(member) offsetof(struct step, member)
#define SCRIPT(member) offsetof(struct script, member)
#define SUB(member) offsetof(struct sub_step, member)
#define LOG(member) offsetof(struct runbook_log, member)

static const struct runbook_field root_fields[] = {
	{ "RunbookID", FIELD_TEXT, HEAD(runbook_id), 0, 0 },
	{ "RunbookTopologyData", FIELD_INNER_XML, HEAD(topology_xml), 0, 0 },
	{ "RunbookServiceModelData", FIELD_INNER_XML, HEAD(service_model_xml), 0, 0 },
	{ "RunbookStepList", FIELD_PLACE, 0, 0, PLACE_STEP_LIST },
	{ "RunbookLogs", FIELD_PLACE, 0, 0, PLACE_LOGS },
	{ 0 },
};

static const struct runbook_field step_list_fields[] = {
	{ "Step", FIELD_ITEM, 0, 0, PLACE_STEP },
	{ 0 },
};

static const struct runbook_field step_fields[] = {
	{ "ID", FIELD_NUMBER, STEP(number), 0, 0 },
	{ "RunbookID", FIELD_TEXT, STEP(runbook_id), STEP_FIELD_RUNBOOK_ID, 0 },
	{ "PackageId", FIELD_TEXT, STEP(package_id), STEP_FIELD_PACKAGE_ID, 0 },
	{ "PackageType", FIELD_TEXT, STEP(package_type), STEP_FIELD_PACKAGE_TYPE, 0 },
	{ "CompletedManually", FIELD_BOOL, STEP(completed_manually), STEP_FIELD_COMPLETED_MANUALLY, 0 },
	{ "Description", FIELD_TEXT, STEP(description), 0, 0 },
	{ "MachineName", FIELD_TEXT, STEP(machine), 0, 0 },
	{ "ServiceModelName", FIELD_TEXT, STEP(service_model), 0, 0 },
	{ "ScriptToExecute", FIELD_PLACE, STEP(script), 0, PLACE_SCRIPT },
	{ "StepType", FIELD_TEXT, STEP(type), STEP_FIELD_TYPE, 0 },
	{ "StepConcurrency", FIELD_TEXT, STEP(concurrency), STEP_FIELD_CONCURRENCY, 0 },
	{ "ScriptExecutionOutput", FIELD_TEXT, STEP(output), STEP_FIELD_OUTPUT, 0 },
	{ "StartTime", FIELD_TEXT, STEP(start_time), 0, 0 },
	{ "EndTime", FIELD_TEXT, STEP(end_time), 0, 0 },
	{ "StepState", FIELD_STATE, STEP(state), 0, 0 },
	{ "StepDetail", FIELD_OUTER_XML, STEP(detail_xml), 0, 0 },
	{ 0 },
};

static const struct runbook_field script_fields[] = {
	{ "FileName", FIELD_TEXT, SCRIPT(file_name), 0, 0 },
	{ "Automated", FIELD_BOOL, SCRIPT(automated), 0, 0 },
	{ "Description", FIELD_TEXT, SCRIPT(description), 0, 0 },
	{ "RetryCount", FIELD_UINT, SCRIPT(retry_count), STEP_FIELD_RETRY_COUNT, 0 },
	{ "TimeoutValue", FIELD_UINT, SCRIPT(timeout_min), STEP_FIELD_TIMEOUT, 0 },
	{ "InvokeWithPowershellProcess", FIELD_BOOL, SCRIPT(own_process), STEP_FIELD_OWN_PROCESS, 0 },
	{ "DoNotAutoResume", FIELD_BOOL, SCRIPT(no_auto_resume), STEP_FIELD_NO_AUTO_RESUME, 0 },
	{ "DynamicStepDefinition", FIELD_PLACE, 0, STEP_FIELD_DYNAMIC, PLACE_DYNAMIC },
	{ 0 },
};

static const struct runbook_field dynamic_fields[] = {
	{ "SubStep", FIELD_ITEM, 0, 0, PLACE_SUB_STEP },
	{ 0 },
};

static const struct runbook_field sub_step_fields[] = {
	{ "Name", FIELD_TEXT, SUB(name), 0, 0 },
	{ "Group", FIELD_TEXT, SUB(group), 0, 0 },
	{ "FileName", FIELD_TEXT, SUB(file_name), 0, 0 },
	{ "Description", FIELD_TEXT, SUB(description), 0, 0 },
	{ 0 },
};

static const struct runbook_field logs_fields[] = {
	{ "Log", FIELD_ITEM, 0, 0, PLACE_LOG },
	{ 0 },
};

static const struct runbook_field log_fields[] = {
	{ "StepID", FIELD_NUMBER, LOG(step), 0, 0 }, { "Attempt", FIELD_NUMBER, LOG(attempt), 0, 0 },
	{ "Time", FIELD_TEXT, LOG(time), 0, 0 },     { "File", FIELD_TEXT, LOG(file), 0, 0 },
	{ "Text", FIELD_TEXT, LOG(text), 0, 0 },     { 0 },
};

static const struct {
	const char *name;
	const struct runbook_field *fields;
} places[PLACE_COUNT] = {
	[PLACE_ROOT] = { "RunbookData", root_fields },
	[PLACE_STEP_LIST] = { "RunbookStepList", step_list_fields },
	[PLACE_STEP] = { "Step", step_fields },
	[PLACE_SCRIPT] = { "ScriptToExecute", script_fields },
	[PLACE_DYNAMIC] = { "DynamicStepDefinition", dynamic_fields },
	[PLACE_SUB_STEP] = { "SubStep", sub_step_fields },
	[PLACE_LOGS] = { "RunbookLogs", logs_fields },
	[PLACE_LOG] = { "Log", log_fields },
};

const char *runbook_place_name(enum runbook_place place)
{
	return places[place].name;
}

/* Elements stand mostly in their order: the next one is looked for behind this one, an item where it was. */
static const struct runbook_field *found(const struct runbook_field *fields, unsigned at, unsigned *hint)
{
	*hint = fields[at].kind == FIELD_ITEM ? at : at + 1;
	return &fields[at];
}

const struct runbook_field *runbook_field_find(enum runbook_place place, const char *name, unsigned *hint)
{
	const struct runbook_field *fields = places[place].fields;

	for (unsigned i = *hint; fields[i].name; i++)
		if (strcmp(fields[i].name, name) == 0)
			return found(fields, i, hint);
	for (unsigned i = 0; i < *hint; i++)
		if (strcmp(fields[i].name, name) == 0)
			return found(fields, i, hint);
	return NULL;
}

const struct runbook_field *runbook_field_at(enum runbook_place place, unsigned number, unsigned *hint)
{
	return found(places[place].fields, number, hint);
}

unsigned runbook_field_number(enum runbook_place place, const struct runbook_field *field)
{
	return (unsigned)(field - places[place].fields);
}

static const char *set_text(char **value, const char *text, size_t length)
{
	if (!*value)
		*value = xmemdupz(text, length);
	return NULL;
}

static const char *set_number(uint32_t *value, const char *text)
{
	unsigned number = 0;

	if (!xml_value_uint(text, UINT_MAX, &number) || !number)
		return "a whole number from 1";
	*value = number;
	return NULL;
}

static const char *set_state(enum step_document_state *value, const char *text)
{
	CLEANUP_STRBUF struct strbuf word = STRBUF_INIT;

	if (step_document_state_parse(text, value))
		return NULL;
	strbuf_add_str(&word, text);
	strbuf_trim(&word);
	return step_document_state_parse(word.data, value) ? NULL : "NotStarted, InProgress, Completed or Failed";
}

/* .NET writes empty elements for values that are not there. */
const char *runbook_field_set(const struct runbook_field *field, void *target, const char *text, size_t length)
{
	void *value = (char *)target + field->offset;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_INNER_XML:
	case FIELD_OUTER_XML:
		return set_text(value, text, length);
	case FIELD_BOOL:
		return xml_value_bool(text, value) || xml_is_space(text) ? NULL : XML_VALUE_BOOL_WORDS;
	case FIELD_UINT:
		return xml_value_uint(text, XML_VALUE_UINT_LIMIT, value) || xml_is_space(text) ? NULL
											       : XML_VALUE_UINT_WORDS;
	case FIELD_NUMBER:
		return set_number(value, text);
	case FIELD_STATE:
		return set_state(value, text);
	default:
		return NULL;
	}
}
