// SPDX-License-Identifier: MIT
#include "engine/commands/package_inspect.h"

#include <inttypes.h>
#include <string.h>

#include "engine/commands/output.h"
#include "engine/commands/trust_options.h"
#include "engine/commands/verbs.h"
#include "packages/signature_record.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

/* "StopScript" is shown as "Stop". */
enum { SCRIPT_WORD_BYTES = 6 };

static const struct option options[] = {
	TRUST_FOLDER_OPTION,
	OPTION_END,
};

static char *size_text(uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 1024 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
		size /= 1024;
	return unit ? xasprintf("%.1f %s", size, units[unit]) : xasprintf("%" PRIu64 " bytes", bytes);
}

/* A line of the head, left out if there is nothing to say. `more` comes in parentheses. */
static void print_fact(const char *name, const char *value, const char *more)
{
	if (*value && *more)
		output_line("%-13s %s (%s)", name, value, more);
	else if (*value || *more)
		output_line("%-13s %s", name, *value ? value : more);
}

static void print_archive(const struct package_view *view, const struct package_report *report)
{
	CLEANUP_FREE char *packed = size_text(view->archive.size_bytes);
	CLEANUP_FREE char *unpacked = size_text(report->bytes);

	if (view->is_archive)
		output_line("%-13s %s (%s, %s)", "Package", view->path, view->extracted.format, packed);
	else
		output_line("%-13s %s (a folder)", "Package", view->path);
	output_line("%-13s %" PRIu64 " files, %s", "Content", report->files, unpacked);
}

/* What was true of the archive when the folder was made of it. */
static void print_record(const struct package_view *view)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_ERROR struct error damaged = ERROR_INIT;
	bool found = false;

	if (!signature_record_load(view->root.path, &record, &found, &damaged))
		print_fact("Signature", damaged.message, "");
	else if (found)
		output_line("%-13s extracted from %s, signed by %s, who was trusted on %.10s", "Signature",
			    record.archive, record.signer, record.checked);
}

static void print_signature(const struct package_view *view)
{
	const struct signature *signature = &view->archive.signature;
	char expires[CLOCK_TEXT_SIZE];

	if (!view->is_archive) {
		print_record(view);
		return;
	}
	if (signature->state == SIGNATURE_NONE) {
		print_fact("Signature", "none", "");
		return;
	}
	clock_format_plain(signature->expires_ns, expires);
	output_line("%-13s %s: %s (%s), certificate valid until %s", "Signature",
		    signature_state_name(signature->state), signature->signer, signature->key, expires);
	if (*signature->reason)
		output_line("%-13s %s", "", signature->reason);
}

static void print_head(const struct package_view *view, const struct package_report *report)
{
	const struct hotfix_installation_info *info = &report->info;

	print_archive(view, report);
	print_fact("Type", report->type, *report->type_description ? report->type_description : report->guid);
	print_fact("Version", report->version, "");
	print_fact("Made as", info->type, info->version);
	print_fact("Name", info->name, info->description);
	print_fact("Publisher", info->publisher, "");
	print_fact("Platform", info->platform_version, info->platform_release);
	print_signature(view);
}

static void print_script(const struct report_script *script)
{
	const char *element = script_kind_element(script->kind);
	int length = (int)(strlen(element) - SCRIPT_WORD_BYTES);

	if (!*script->file_name)
		output_line("    %-20.*s (somebody has to do this by hand)", length, element);
	else if (!script->found)
		output_line("    %-20.*s %s: missing", length, element, script->file_name);
	else
		output_line("    %-20.*s %s (%s)", length, element, script->file_name,
			    *script->interpreter ? script->interpreter : "no interpreter here");
}

static void print_service(const struct report_service *service)
{
	CLEANUP_FREE char *size = size_text(service->bytes);
	CLEANUP_STRBUF struct strbuf depends = STRBUF_INIT;

	for (size_t i = 0; i < service->depends_on.count; i++)
		strbuf_addf(&depends, "%s%s", i ? ", " : "; depends on ", service->depends_on.items[i]);
	output_line("  %s %s: %" PRIu64 " files, %s%s%s", service->name,
		    *service->version ? service->version : "(no version)", service->files, size, depends.data,
		    service->selected ? "" : "; only stopped and started");
	for (size_t i = 0; i < service->script_count; i++)
		print_script(&service->scripts[i]);
}

static void print_modules(const struct package_report *report)
{
	if (report->module_count)
		output_line("Modules: %zu", report->module_count);
	for (size_t i = 0; i < report->module_count; i++) {
		const struct report_module *module = &report->modules[i];
		CLEANUP_FREE char *size = size_text(module->bytes);

		output_line("  %s %s: %s, %s", module->id, module->version, module->file, size);
	}
}

static void print_problems(const char *title, const struct problem_list *list)
{
	if (list->count)
		output_line("%s: %zu", title, problem_list_total(list));
	for (size_t i = 0; i < list->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&list->items[i], &text);
		output_line("  %s", text.data);
	}
}

void package_inspect_print(const struct package_view *view, const struct package_report *report)
{
	print_head(view, report);
	output_line("Service models: %zu%s", report->service_count,
		    report->is_dev ? "; devinstall is possible, too" : "");
	for (size_t i = 0; i < report->service_count; i++)
		print_service(&report->services[i]);
	print_modules(report);
	print_problems("Problems", &report->structure);
	print_problems("Problems of scripts", &report->scripts);
	print_problems("Missing on this machine", &report->interpreters);
	print_problems("To know", &report->warnings);
}

static bool run(const struct command_context *context, struct error *err)
{
	const struct trust trust = { .folder = option_text(context->options, "trustfolder") };
	CLEANUP_PACKAGE_VIEW struct package_view view = PACKAGE_VIEW_INIT;
	CLEANUP_PACKAGE_REPORT struct package_report report = { 0 };

	if (!package_view_open(context->operands->items[0], &trust, &view, err) ||
	    !package_report_make(&view.root, view.is_package, &report, err))
		return false;
	if (context->json)
		output_json(package_inspect_json(&view, &report));
	else
		package_inspect_print(&view, &report);
	return true;
}

const struct command command_package_inspect = {
	.name = "package inspect",
	.summary = "Shows what is in a package",
	.description =
		"PACKAGE is an archive or the folder it was extracted to. Shown are its type (by its Guid, from ReleasedPackages.xml), versions and "
		"platform, who signed it, every service model with its scripts, every module (from the .nuspec of each .nupkg), sizes, and "
		"whatever is wrong. Nothing is run and nothing is left: an archive is unpacked below $TMPDIR or /var/tmp and removed.\n"
		"Exit 0 means that it could be looked into; whether it is good says package verify.",
	.operands = "PACKAGE",
	.operand_min = 1,
	.operand_max = 1,
	.options = options,
	.run = run,
};
