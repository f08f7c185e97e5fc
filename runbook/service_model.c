// SPDX-License-Identifier: MIT
#include "runbook/service_model.h"

#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/name_set.h"
#include "runbook/script_xml.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_write.h"

/* Where the content of RunbookServiceModelData stands in a runbook. */
enum { BODY_LEVEL = 2 };

static const char *const script_elements[SCRIPT_KIND_COUNT] = {
	[SCRIPT_STAGING_PREPROCESSING] = "StagingPreprocessingScript",
	[SCRIPT_STAGING_ENVIRONMENT_HEALTH] = "StagingEnvironmentHealthScript",
	[SCRIPT_STAGING_UPDATE] = "StagingUpdateScript",
	[SCRIPT_STAGING_RESTORE] = "StagingRestoreScript",
	[SCRIPT_DRAIN] = "DrainScript",
	[SCRIPT_UNDRAIN] = "UnDrainScript",
	[SCRIPT_STOP] = "StopScript",
	[SCRIPT_BACKUP] = "BackupScript",
	[SCRIPT_RESTORE] = "RestoreScript",
	[SCRIPT_UPDATE] = "UpdateScript",
	[SCRIPT_BACKUP_CONFIG] = "BackupConfigScript",
	[SCRIPT_UPDATE_CONFIG] = "UpdateConfigScript",
	[SCRIPT_RESTORE_CONFIG] = "RestoreConfigScript",
	[SCRIPT_GLOBAL_UPDATE_CONFIG] = "GlobalUpdateConfigScript",
	[SCRIPT_GLOBAL_BACKUP] = "GlobalBackupScript",
	[SCRIPT_GLOBAL_RESTORE] = "GlobalRestoreScript",
	[SCRIPT_GLOBAL_UPDATE] = "GlobalUpdateScript",
	[SCRIPT_START] = "StartScript",
	[SCRIPT_DVT] = "DVTScript",
	[SCRIPT_BACKUP_CONNECTION_STRING] = "BackupConnectionStringScript",
	[SCRIPT_RESTORE_CONNECTION_STRING] = "RestoreConnectionStringScript",
	[SCRIPT_GLOBAL_BACKUP_CONNECTION_STRING] = "GlobalBackupConnectionStringScript",
	[SCRIPT_GLOBAL_RESTORE_CONNECTION_STRING] = "GlobalRestoreConnectionStringScript",
};

const char *script_kind_element(enum script_kind kind)
{
	return script_elements[kind];
}

static void read_model(struct xml_doc *doc, xmlNode *element, struct service_model *ret)
{
	*ret = (struct service_model){ .line = xml_line(element) };
	ret->name = xml_read_text(doc, element, "Name", XML_PLAIN_NAME);
	ret->selected_for_update = xml_read_bool(doc, element, "SelectedForUpdate", true);
	ret->contains_database = xml_read_bool(doc, element, "ContainDatabase", false);
	xml_read_strings(doc, element, "DependentServiceModelList", &ret->depends_on);
	for (size_t kind = 0; kind < SCRIPT_KIND_COUNT; kind++)
		script_xml_read(doc, element, script_elements[kind], &ret->scripts[kind]);
	free(xml_read_rest(doc, element, 0));
}

static void read_models(struct xml_doc *doc, xmlNode *list, struct service_model_data *ret)
{
	CLEANUP_NAME_SET struct name_set *seen = name_set_new();
	xmlNode *element = NULL;
	size_t alloc = 0;
	size_t first;

	while ((element = xml_read_next(doc, list, element, "ServiceModel"))) {
		struct service_model *model;

		ret->models = xgrow(ret->models, ret->model_count, &alloc, sizeof(*ret->models));
		model = &ret->models[ret->model_count++];
		read_model(doc, element, model);
		if (*model->name && !name_set_add(seen, model->name, model->line, &first))
			problem_add(doc->problems, doc->file, model->line,
				    "service model %s stands twice, first in line %zu; make one of both", model->name,
				    first);
	}
	free(xml_read_rest(doc, list, 0));
}

static void read_data(struct xml_doc *doc, xmlNode *root, void *user)
{
	struct service_model_data *ret = user;
	xmlNode *list = xml_read_child(doc, root, "ServiceModelList", XML_REQUIRED);

	ret->file = xstrdup(doc->file);
	ret->guid = xml_read_text(doc, root, "Guid", XML_TRIM);
	ret->version = xml_read_text(doc, root, "Version", XML_TRIM);
	if (list)
		read_models(doc, list, ret);
	ret->body_xml = xml_write_inner(root, BODY_LEVEL);
}

static void release_data(void *data)
{
	service_model_data_release(data);
}

static const struct xml_doc_kind data_kind = { "ServiceModelData", read_data, release_data };

bool service_model_data_read(const char *path, struct service_model_data *ret, struct problem_list *problems,
			     struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, XML_DOC_LIMIT_BYTES, problems);

	*ret = (struct service_model_data)SERVICE_MODEL_DATA_INIT;
	return xml_doc_read_as(&data_kind, ret, source, problems, warnings);
}

bool service_model_data_parse(const struct document *document, struct service_model_data *ret,
			      struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);

	*ret = (struct service_model_data)SERVICE_MODEL_DATA_INIT;
	return xml_doc_read_as(&data_kind, ret, source, problems, warnings);
}

static void model_release(struct service_model *model)
{
	free(model->name);
	strv_release(&model->depends_on);
	for (size_t kind = 0; kind < SCRIPT_KIND_COUNT; kind++)
		script_release(&model->scripts[kind]);
}

void service_model_data_release(struct service_model_data *data)
{
	for (size_t i = 0; i < data->model_count; i++)
		model_release(&data->models[i]);
	free(data->models);
	free(data->file);
	free(data->guid);
	free(data->version);
	free(data->body_xml);
	*data = (struct service_model_data)SERVICE_MODEL_DATA_INIT;
}

const struct service_model *service_model_find(const struct service_model_data *data, const char *name)
{
	for (size_t i = 0; i < data->model_count; i++)
		if (strcasecmp(data->models[i].name, name) == 0)
			return &data->models[i];
	return NULL;
}
