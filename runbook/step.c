// SPDX-License-Identifier: MIT
#include "runbook/step.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

static const char *const state_names[] = {
	[STEP_NOT_STARTED] = "NotStarted",
	[STEP_IN_PROGRESS] = "InProgress",
	[STEP_COMPLETED] = "Completed",
	[STEP_FAILED] = "Failed",
};

static const char *const type_names[STEP_TYPE_COUNT] = {
	[STEP_TYPE_DRAIN] = "Drain",
	[STEP_TYPE_STOP] = "Stop",
	[STEP_TYPE_ENVIRONMENT_BACKUP] = "EnvironmentBackup",
	[STEP_TYPE_BACKUP] = "Backup",
	[STEP_TYPE_GLOBAL_BACKUP] = "GlobalBackup",
	[STEP_TYPE_BACKUP_CONFIG] = "BackupConfig",
	[STEP_TYPE_UPDATE] = "Update",
	[STEP_TYPE_ETW_MANIFEST] = "ETWManifest",
	[STEP_TYPE_INSTALLATION_INFO] = "InstallationInfo",
	[STEP_TYPE_UPDATE_CONFIG] = "UpdateConfig",
	[STEP_TYPE_GLOBAL_UPDATE_CONFIG] = "GlobalUpdateConfig",
	[STEP_TYPE_GLOBAL_UPDATE] = "GlobalUpdate",
	[STEP_TYPE_START] = "Start",
	[STEP_TYPE_UNDRAIN] = "UnDrain",
	[STEP_TYPE_DVT] = "DVT",
	[STEP_TYPE_RESTORE] = "Restore",
	[STEP_TYPE_GLOBAL_RESTORE] = "GlobalRestore",
	[STEP_TYPE_RESTORE_CONFIG] = "RestoreConfig",
	[STEP_TYPE_OTHER] = "Other",
};

const char *step_document_state_name(enum step_document_state state)
{
	return state_names[state];
}

bool step_document_state_parse(const char *text, enum step_document_state *ret)
{
	for (size_t i = 0; i < sizeof(state_names) / sizeof(*state_names); i++) {
		if (strcasecmp(text, state_names[i]) != 0)
			continue;
		*ret = (enum step_document_state)i;
		return true;
	}
	return false;
}

const char *step_type_name(enum step_type type)
{
	return type_names[type];
}

static enum step_type find_type(const char *word)
{
	for (size_t i = 0; i < STEP_TYPE_OTHER; i++)
		if (strcasecmp(word, type_names[i]) == 0)
			return (enum step_type)i;
	return STEP_TYPE_OTHER;
}

/* The three sentences that say more than the phase's word does. */
static enum step_type type_of_sentence(const char *description)
{
	static const struct {
		const char *start;
		enum step_type type;
	} sentences[] = {
		{ "Backup script for environment", STEP_TYPE_ENVIRONMENT_BACKUP },
		{ "Updating ETW manifest for ", STEP_TYPE_ETW_MANIFEST },
		{ "Updating installation info for ", STEP_TYPE_INSTALLATION_INFO },
	};

	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
		if (strncasecmp(description, sentences[i].start, strlen(sentences[i].start)) == 0)
			return sentences[i].type;
	return STEP_TYPE_OTHER;
}

/* "Stop script for …" is Stop; "Global update script for …", as the first release wrote it, is GlobalUpdate. */
static enum step_type type_of_phase(const char *description)
{
	const char *end = strcasestr(description, " script for ");
	char word[32];
	size_t length = 0;

	if (!end)
		return STEP_TYPE_OTHER;
	for (const char *c = description; c < end && length < sizeof(word) - 1; c++)
		if (*c != ' ')
			word[length++] = *c;
	word[length] = '\0';
	return find_type(word);
}

enum step_type step_type_of(const char *type_text, const char *description)
{
	enum step_type type = type_of_sentence(description);

	if (type != STEP_TYPE_OTHER)
		return type;
	return *type_text ? find_type(type_text) : type_of_phase(description);
}

bool step_type_is_built_in(enum step_type type)
{
	return type == STEP_TYPE_ETW_MANIFEST || type == STEP_TYPE_INSTALLATION_INFO;
}

void step_fill(struct step *step)
{
	char **texts[] = {
		&step->runbook_id, &step->package_id,    &step->package_type, &step->description,
		&step->machine,    &step->service_model, &step->type,         &step->concurrency,
		&step->output,     &step->detail_xml,    &step->unknown_xml,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		xfill(texts[i]);
	script_fill(&step->script);
	if (!step->start_time)
		step->start_time = xstrdup(CLOCK_TEXT_MIN);
	if (!step->end_time)
		step->end_time = xstrdup(CLOCK_TEXT_MAX);
}

void step_init(struct step *step)
{
	*step = (struct step){ 0 };
	step_fill(step);
}

void step_release(struct step *step)
{
	free(step->runbook_id);
	free(step->package_id);
	free(step->package_type);
	free(step->description);
	free(step->machine);
	free(step->service_model);
	script_release(&step->script);
	free(step->type);
	free(step->concurrency);
	free(step->output);
	free(step->start_time);
	free(step->end_time);
	free(step->detail_xml);
	free(step->unknown_xml);
	*step = (struct step){ 0 };
}

struct step *step_list_add(struct step_list *list)
{
	struct step *step;

	list->items = xgrow(list->items, list->count, &list->alloc, sizeof(*list->items));
	step = &list->items[list->count++];
	step_init(step);
	step->number = (uint32_t)list->count;
	return step;
}

void step_list_release(struct step_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		step_release(&list->items[i]);
	free(list->items);
	*list = (struct step_list)STEP_LIST_INIT;
}
