// SPDX-License-Identifier: MIT
#include "engine/package/package_report.h"

#include <string.h>
#include <strings.h>

#include "engine/interpreter.h"
#include "engine/package/package_files.h"
#include "engine/package/package_folder.h"
#include "engine/package/package_type.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/topology.h"

void package_report_release(struct package_report *report)
{
	for (size_t i = 0; i < report->service_count; i++) {
		struct report_service *service = &report->services[i];

		for (size_t j = 0; j < service->script_count; j++) {
			free(service->scripts[j].file_name);
			free(service->scripts[j].interpreter);
		}
		free(service->name);
		free(service->version);
		free(service->release);
		free(service->scripts);
		strv_release(&service->depends_on);
	}
	for (size_t i = 0; i < report->module_count; i++) {
		free(report->modules[i].id);
		free(report->modules[i].version);
		free(report->modules[i].file);
	}
	free(report->services);
	free(report->modules);
	free(report->guid);
	free(report->version);
	free(report->type);
	free(report->type_description);
	hotfix_installation_info_release(&report->info);
	problem_list_release(&report->structure);
	problem_list_release(&report->scripts);
	problem_list_release(&report->interpreters);
	problem_list_release(&report->warnings);
	*report = (struct package_report){ 0 };
}

/* ---- Documents ---------------------------------------------------------------------------------------------- */

/* The path of a document that may be missing; NULL if it is, or has become a problem. The caller frees it. */
static char *find_document(const struct package_root *root, const char *name, struct package_report *report)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	if (package_root_find_file(root, name, &file, &trouble))
		return TAKE(file.path);
	if (trouble.code != ERROR_INPUT || package_folder_has(root->path, name))
		problem_add(&report->structure, NULL, 0, "%s", trouble.message);
	return NULL;
}

static void read_info(const struct package_root *root, struct package_report *report)
{
	CLEANUP_FREE char *path = find_document(root, PACKAGE_HOTFIX_INFO, report);

	if (path)
		(void)hotfix_installation_info_read(path, &report->info, &report->structure, &report->warnings);
}

/* Read for its problems only. */
static void read_topology(const struct package_root *root, struct package_report *report)
{
	CLEANUP_FREE char *path = find_document(root, PACKAGE_TOPOLOGY, report);
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;

	if (path)
		(void)topology_read(path, &topology, &report->structure, &report->warnings);
}

static void read_dev_models(const struct package_root *root, struct package_report *report)
{
	CLEANUP_FREE char *path = find_document(root, PACKAGE_DEV_SERVICE_MODELS, report);
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data models = SERVICE_MODEL_DATA_INIT;

	report->is_dev = path && service_model_data_read(path, &models, &report->structure, &report->warnings);
}

static void read_service_info(const struct package_root *root, struct report_service *service,
			      struct package_report *report)
{
	CLEANUP_FREE char *name = xasprintf("%s/%s", service->name, PACKAGE_SERVICE_INFO);
	CLEANUP_FREE char *path = find_document(root, name, report);
	CLEANUP(service_model_installation_info_release) struct service_model_installation_info info = { 0 };

	if (path && service_model_installation_info_read(path, &info, &report->structure, &report->warnings)) {
		service->version = TAKE(info.version);
		service->release = TAKE(info.release_version);
	}
	xfill(&service->version);
	xfill(&service->release);
}

/* ---- Scripts ------------------------------------------------------------------------------------------------ */

/* Those that nothing here runs: they are told of, but do no harm if they are missing. */
static bool is_never_run(enum script_kind kind)
{
	return kind <= SCRIPT_STAGING_RESTORE || kind >= SCRIPT_BACKUP_CONNECTION_STRING;
}

static void find_interpreter(const struct package_file *file, struct report_script *script,
			     struct package_report *report)
{
	CLEANUP_STRV struct strv argv = STRV_INIT;
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	if (interpreter_resolve(file->path, file->fd, "", &argv, &trouble))
		script->interpreter = xstrdup(argv.items[0]);
	else
		problem_add(&report->interpreters, NULL, 0, "%s", trouble.message);
}

static void look_at_script(const struct package_root *root, const struct report_service *service,
			   struct report_script *script, struct package_report *report)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;

	script->found = package_root_find_script(root, service->name, script->file_name, &file, &missing);
	if (script->found)
		find_interpreter(&file, script, report);
	else
		problem_add(is_never_run(script->kind) ? &report->warnings : &report->scripts, NULL, 0, "%s of %s: %s",
			    script_kind_element(script->kind), service->name, missing.message);
}

static void add_script(const struct package_root *root, struct report_service *service, enum script_kind kind,
		       const struct script *from, struct package_report *report)
{
	struct report_script *script;

	service->scripts =
		xgrow(service->scripts, service->script_count, &service->script_alloc, sizeof(*service->scripts));
	script = &service->scripts[service->script_count++];
	*script = (struct report_script){ .kind = kind, .file_name = xstrdup(from->file_name) };
	if (*script->file_name)
		look_at_script(root, service, script, report);
	else if (from->automated)
		problem_add(&report->scripts, PACKAGE_SERVICE_MODELS, from->line, "%s of %s names no file",
			    script_kind_element(kind), service->name);
	xfill(&script->interpreter);
}

/* ---- Service models ----------------------------------------------------------------------------------------- */

static void fill_service(const struct package_root *root, const struct service_model *model,
			 struct report_service *service, struct package_report *report)
{
	service->name = xstrdup(model->name);
	service->selected = model->selected_for_update;
	for (size_t i = 0; i < model->depends_on.count; i++)
		strv_push(&service->depends_on, model->depends_on.items[i]);
	read_service_info(root, service, report);
	for (enum script_kind kind = 0; kind < SCRIPT_KIND_COUNT; kind++)
		if (model->scripts[kind].present && !script_is_empty(&model->scripts[kind]))
			add_script(root, service, kind, &model->scripts[kind], report);
}

static void read_services(const struct package_root *root, struct package_report *report)
{
	CLEANUP_FREE char *path = find_document(root, PACKAGE_SERVICE_MODELS, report);
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data models = SERVICE_MODEL_DATA_INIT;

	if (!path || !service_model_data_read(path, &models, &report->structure, &report->warnings))
		return;
	report->guid = xstrdup(models.guid);
	report->version = xstrdup(models.version);
	report->type =
		package_type_find(root, models.guid, &report->type_description, &report->structure, &report->warnings);
	report->services = xcalloc(models.model_count, sizeof(*report->services));
	report->service_count = models.model_count;
	for (size_t i = 0; i < models.model_count; i++)
		fill_service(root, &models.models[i], &report->services[i], report);
}

static void fill_texts(struct package_report *report)
{
	struct hotfix_installation_info *info = &report->info;

	xfill(&report->guid);
	xfill(&report->version);
	xfill(&report->type);
	xfill(&report->type_description);
	xfill(&info->name);
	xfill(&info->description);
	xfill(&info->version);
	xfill(&info->publisher);
	xfill(&info->type);
	xfill(&info->platform_version);
	xfill(&info->platform_release);
}

/* "ROOT/a/b" becomes "a/b", and "ROOT" "the package". */
static char *without_root(const char *text, const char *root)
{
	CLEANUP_STRBUF struct strbuf ret = STRBUF_INIT;
	size_t length = strlen(root);
	const char *at;

	for (; (at = strstr(text, root)); text = at + length + (at[length] == '/')) {
		strbuf_add(&ret, text, (size_t)(at - text));
		if (at[length] != '/')
			strbuf_add_str(&ret, "the package");
	}
	strbuf_add_str(&ret, text);
	return strbuf_detach(&ret);
}

/* Where an archive was extracted to is nobody's business, and gone when the message is read. */
static void name_relative(const struct package_root *root, struct problem_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct problem *problem = &list->items[i];
		CLEANUP_FREE char *text = TAKE(problem->text);
		CLEANUP_FREE char *file = TAKE(problem->file);

		problem->text = without_root(text, root->path);
		if (file)
			problem->file = without_root(file, root->path);
	}
}

bool package_report_make(const struct package_root *root, bool is_package, struct package_report *ret,
			 struct error *err)
{
	struct problem_list *lists[] = { &ret->structure, &ret->scripts, &ret->interpreters, &ret->warnings };

	if (!is_package)
		problem_add(&ret->structure, NULL, 0, "no deployable package: it has no %s", PACKAGE_SERVICE_MODELS);
	read_services(root, ret);
	read_info(root, ret);
	read_topology(root, ret);
	read_dev_models(root, ret);
	fill_texts(ret);
	if (!package_files_count(root, ret, err))
		return false;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		name_relative(root, lists[i]);
	return true;
}
