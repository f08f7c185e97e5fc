// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/package_inspect.h"

static json_t *strings(const struct strv *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, output_json_text(list->items[i]));
	return array;
}

static json_t *scripts(const struct report_service *service)
{
	json_t *array = json_array();

	for (size_t i = 0; i < service->script_count; i++) {
		const struct report_script *script = &service->scripts[i];

		json_array_append_new(array,
				      json_pack("{s:s, s:o, s:b, s:o}", "kind", script_kind_element(script->kind),
						"file", output_json_text(script->file_name), "found", script->found,
						"interpreter", output_json_text(script->interpreter)));
	}
	return array;
}

static json_t *services(const struct package_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->service_count; i++) {
		const struct report_service *service = &report->services[i];

		json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:b, s:o, s:I, s:I, s:o}", "name",
						       output_json_text(service->name), "version",
						       output_json_text(service->version), "releaseVersion",
						       output_json_text(service->release), "selectedForUpdate",
						       service->selected, "dependsOn", strings(&service->depends_on),
						       "files", (json_int_t)service->files, "bytes",
						       (json_int_t)service->bytes, "scripts", scripts(service)));
	}
	return array;
}

static json_t *modules(const struct package_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->module_count; i++) {
		const struct report_module *module = &report->modules[i];

		json_array_append_new(array,
				      json_pack("{s:o, s:o, s:o, s:I}", "id", output_json_text(module->id), "version",
						output_json_text(module->version), "file",
						output_json_text(module->file), "bytes", (json_int_t)module->bytes));
	}
	return array;
}

static json_t *problems(const struct package_report *report)
{
	json_t *array = json_array();

	output_json_add_problems(array, &report->structure);
	output_json_add_problems(array, &report->scripts);
	output_json_add_problems(array, &report->interpreters);
	return array;
}

static json_t *signature(const struct package_view *view)
{
	const struct signature *from = &view->archive.signature;

	if (!view->is_archive || from->state == SIGNATURE_NONE)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "state", signature_state_name(from->state),
			 "reason", output_json_text(from->reason), "signer", output_json_text(from->signer), "issuer",
			 output_json_text(from->issuer), "key", output_json_text(from->key), "fingerprint",
			 from->fingerprint, "signed", output_json_time(from->signed_ns), "expires",
			 output_json_time(from->expires_ns));
}

static json_t *archive(const struct package_view *view)
{
	if (!view->is_archive)
		return json_null();
	return json_pack("{s:o, s:I}", "format", output_json_text(view->extracted.format), "bytes",
			 (json_int_t)view->archive.size_bytes);
}

static json_t *info(const struct hotfix_installation_info *from)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", output_json_text(from->name),
			 "description", output_json_text(from->description), "version", output_json_text(from->version),
			 "publisher", output_json_text(from->publisher), "type", output_json_text(from->type),
			 "platformVersion", output_json_text(from->platform_version), "platformRelease",
			 output_json_text(from->platform_release), "modules", strings(&from->modules));
}

json_t *package_inspect_json(const struct package_view *view, const struct package_report *report)
{
	json_t *warnings = json_array();

	output_json_add_problems(warnings, &report->warnings);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "package",
			 output_json_text(view->path), "archive", archive(view), "signature", signature(view), "type",
			 output_json_text(report->type), "guid", output_json_text(report->guid), "version",
			 output_json_text(report->version), "installationInfo", info(&report->info), "devInstall",
			 report->is_dev, "files", (json_int_t)report->files, "bytes", (json_int_t)report->bytes,
			 "serviceModels", services(report), "modules", modules(report), "problems", problems(report),
			 "warnings", warnings, "typeDescription", output_json_text(report->type_description));
}
