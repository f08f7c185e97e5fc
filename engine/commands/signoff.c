// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/sign_off.h"
#include "runbook/base/clock.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook to accept" },
	{ .name = "prunebackups",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Remove what its steps backed up; it can then no longer be taken back" },
	OPTION_END,
};

static void print_json(const struct sign_off_report *report)
{
	const struct ledger_acceptance *acceptance = &report->acceptance;

	output_json(json_pack("{s:o, s:o, s:o, s:b, s:o, s:I}", "signedOff", output_json_time(acceptance->signed_ns),
			      "signedOffBy", output_json_text(acceptance->signed_by), "reason",
			      output_json_text(acceptance->sign_reason), "new", report->is_new, "backupsRemoved",
			      output_json_time(acceptance->pruned_ns), "bytesRemoved",
			      (json_int_t)report->pruned_bytes));
}

static void print_lines(const char *id, const struct sign_off_report *report)
{
	const struct ledger_acceptance *acceptance = &report->acceptance;
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(acceptance->signed_ns, time);
	output_line("Runbook %s %s signed off by %s, %s: %s", id, report->is_new ? "is" : "was already",
		    acceptance->signed_by, time, acceptance->sign_reason);
	if (report->pruned_folder)
		output_line("Its backups are removed: %s, %llu bytes", report->pruned_folder,
			    (unsigned long long)report->pruned_bytes);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(sign_off_report_release) struct sign_off_report report = { 0 };
	const struct sign_off_request request = {
		.runbook_id = option_text(context->options, "runbookid"),
		.user = context->user,
		.reason = option_text(context->options, "reason"),
		.repeat = context->repeat,
		.prune_backups = option_flag(context->options, "prunebackups", false),
	};

	if (!sign_off(context->ledger, &request, &report, err))
		return false;
	if (context->json)
		print_json(&report);
	else if (!context->quiet)
		print_lines(request.runbook_id, &report);
	return true;
}

const struct command command_signoff = {
	.name = "signoff",
	.summary = "Accepts what a completed runbook has done",
	.description =
		"Who, when and why (-reason) is kept in the ledger, and shown by status and in every export. With -requiresignoff, or requiresignoff=true in the "
		"defaults file, no other runbook for the same service models is begun before (exit 5).\n"
		"With -prunebackups its backups are removed, now or later; before that it can still be taken back with executerestore.",
	.options = options,
	.needs = command_writes_ledger,
	.run = run,
};
