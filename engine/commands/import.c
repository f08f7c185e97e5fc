// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/trust_options.h"
#include "engine/commands/verbs.h"
#include "runbook/base/fs.h"
#include "steps/transfer.h"

static const struct option options[] = {
	{ .name = "runbookfile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The runbook to import" },
	{ .name = "replace",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Replace a runbook of the same id that has not started" },
	REQUIRE_SIGNATURE_OPTION,
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct package_root *root,
			 const struct import_report *report)
{
	if (context->json) {
		output_json(json_pack("{s:o, s:I, s:I, s:o}", "runbookId", output_json_text(report->runbook_id),
				      "steps", (json_int_t)report->step_count, "done", (json_int_t)report->done_count,
				      "packageRoot", output_json_text(root->path)));
		return;
	}
	if (context->quiet)
		return;
	output_line("Runbook %s imported: %u steps, %u of them done already; package %s", report->runbook_id,
		    report->step_count, report->done_count, root->path);
	output_line("Go on with: runbook execute -runbookid=%s%s", report->runbook_id, context->repeat);
}

static bool import(const struct command_context *context, const struct package_root *root, struct error *err)
{
	CLEANUP(import_report_release) struct import_report report = { 0 };
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	struct import_request request = {
		.runbook_file = option_text(context->options, "runbookfile"),
		.root = root,
		.own_machine = context->machine,
		.replace = option_flag(context->options, "replace", false),
	};
	bool done = ledger_import(context->ledger, &request, &report, &warnings, err);

	output_warnings(&warnings);
	if (done)
		print_report(context, root, &report);
	return done;
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(package_root_release) struct package_root root = PACKAGE_ROOT_INIT;
	CLEANUP_FREE char *folder = fs_folder_of(option_text(context->options, "runbookfile"));
	const char *path = option_text(context->options, "packagepath");
	const struct trust trust = { .required = option_flag(context->options, "requiresignature", false) };

	return package_root_open(path ? path : folder, &root, err) &&
	       trusted_root_judge(root.path, NULL, &trust, err) && import(context, &root, err);
}

const struct command command_import = {
	.name = "import",
	.summary = "Checks a runbook and records it in the ledger",
	.description =
		"Everything is checked here: the document, and that every script it names is in the package. Every problem is "
		"reported at once, and then nothing is recorded. From then on execute reads the ledger and the package, never the "
		"file. The digests of the scripts are recorded, and those of all files of its service models unless the "
		"extraction has noted them: what changes until it is executed is noticed (execute -acceptchange).\n"
		"The package root is -packagepath, else the folder of the runbook file. An id that is there already is refused; "
		"-replace replaces one that has not started. Steps that are Completed in the file are taken over as done.\n"
		"With -requiresignature the package root must be one that was extracted from an archive with a trusted signature.",
	.options = options,
	.needs = command_writes_ledger,
	.run = run,
};
