// SPDX-License-Identifier: MIT
#include "engine/package/package_verify.h"
#include "engine/commands/output.h"
#include "engine/commands/trust_options.h"
#include "engine/commands/verbs.h"

static const struct option options[] = {
	TRUST_OPTIONS,
	OPTION_END,
};

static void print_check(enum verify_subject subject, const struct verify_check *check)
{
	static const enum output_colour colours[] = { COLOUR_GOOD, COLOUR_WARN, COLOUR_BAD };

	output_line("%-13s %s%-4s%s  %s", verify_subject_name(subject), output_colour(colours[check->verdict]),
		    verify_verdict_name(check->verdict), output_colour(COLOUR_NONE), check->text);
	for (size_t i = 0; i < check->problems.count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&check->problems.items[i], &text);
		output_line("  %s", text.data);
	}
	if (check->problems.left_out)
		output_line("  … and %zu more", check->problems.left_out);
}

static json_t *check_json(enum verify_subject subject, const struct verify_check *check)
{
	json_t *problems = json_array();

	output_json_add_problems(problems, &check->problems);
	return json_pack("{s:s, s:s, s:o, s:o}", "check", verify_subject_name(subject), "verdict",
			 verify_verdict_name(check->verdict), "text", output_json_text(check->text), "problems",
			 problems);
}

static void print_report(const struct command_context *context, const struct verify_report *report)
{
	json_t *checks = context->json ? json_array() : NULL;

	for (enum verify_subject subject = 0; subject < VERIFY_COUNT; subject++) {
		const struct verify_check *check = &report->checks[subject];

		if (checks)
			json_array_append_new(checks, check_json(subject, check));
		else if (!context->quiet || check->verdict == VERDICT_BAD)
			print_check(subject, check);
	}
	if (checks)
		output_json(json_pack("{s:o, s:o}", "package", output_json_text(context->operands->items[0]), "checks",
				      checks));
}

static bool run(const struct command_context *context, struct error *err)
{
	const struct trust trust = trust_options_read(context->options);
	const char *path = context->operands->items[0];
	CLEANUP_PACKAGE_VIEW struct package_view view = PACKAGE_VIEW_INIT;
	CLEANUP(verify_report_release) struct verify_report report = { 0 };

	if (!package_view_open(path, &trust, &view, err) || !package_verify(&view, &trust, &report, err))
		return false;
	print_report(context, &report);
	return verify_judge(&report, path, err);
}

const struct command command_package_verify = {
	.name = "package verify",
	.summary = "Checks a package without installing it",
	.description =
		"PACKAGE is an archive or the folder it was extracted to. One line each: the digests of all files (of a folder, against "
		"those recorded when it was extracted), the signature, the structure (every document and module can be read), the scripts "
		"of all service models, and the interpreters they need on this machine.\n"
		"Exit 0 only if nothing is bad; 7 if digests or signature are, else 3. `none` means that there was nothing to check: no "
		"signature, or a folder that was not made by package extract. An archive is unpacked below $TMPDIR or /var/tmp for the check, and "
		"removed.",
	.operands = "PACKAGE",
	.operand_min = 1,
	.operand_max = 1,
	.options = options,
	.run = run,
};
