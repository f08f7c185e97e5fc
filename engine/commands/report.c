// SPDX-License-Identifier: MIT
#include "engine/report/report.h"

#include <string.h>

#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "engine/commands/verbs.h"
#include "engine/report/report_write.h"
#include "runbook/base/fs.h"

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "out",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "The file to write; one that is there is replaced; - or nothing is standard output" },
	{ .name = "format",
	  .kind = OPTION_TEXT,
	  .value = "html|json|junit|text",
	  .help = "A page, JSON, results as test tools write them, or lines to be mailed; default html" },
	OPTION_END,
};

/* Told after the report was read: what the ledger says at this moment may be further on, and is what to do now. */
static bool add_advice(const struct command_context *context, struct report *report, struct error *err)
{
	CLEANUP(status_outlook_release) struct status_outlook outlook = { 0 };

	if (!status_look_ahead(context, &report->runbook, &outlook, err))
		return false;
	report->advice = TAKE(outlook.advice.text);
	report->commands = outlook.advice.commands;
	outlook.advice.commands = (struct strv)STRV_INIT;
	return true;
}

static void write_report(const struct report *report, const char *format, struct strbuf *ret)
{
	if (strcmp(format, "json") == 0)
		report_write_json(report, ret);
	else if (strcmp(format, "junit") == 0)
		report_write_junit(report, ret);
	else if (strcmp(format, "text") == 0)
		report_write_text(report, ret);
	else
		report_write_html(report, ret);
}

static bool put(const struct command_context *context, const struct strbuf *text, struct error *err)
{
	const char *path = option_text(context->options, "out");
	const char *id = option_text(context->options, "runbookid");

	if (!path || strcmp(path, "-") == 0) {
		output_text(text->data, text->length);
		return true;
	}
	if (!fs_write_atomic(path, text->data, text->length, FS_MODE_FILE, err))
		return false;
	if (context->json)
		output_json(json_pack("{s:o, s:o}", "runbookId", output_json_text(id), "file", output_json_text(path)));
	else if (!context->quiet)
		output_line("Report of runbook %s written to %s", id, path);
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *format = option_text(context->options, "format");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_REPORT struct report report = { 0 };

	if (!report_read(context->ledger, option_text(context->options, "runbookid"), &report, err) ||
	    !add_advice(context, &report, err))
		return false;
	write_report(&report, format ? format : "html", &text);
	return put(context, &text, err);
}

const struct command command_report = {
	.name = "report",
	.summary = "Writes a page about a runbook: what was done, when, by whom, and what went wrong",
	.description =
		"One self-contained page for an admin and whoever has to be told: outcome, what to do next, failures with their lines, a timeline of "
		"the steps by machine, what took longest and how long that was the last time, versions before and after, and who decided what. It loads nothing "
		"from anywhere and can be mailed or printed.\n"
		"Works at any time, also while the runbook is executed. The same ledger gives the same bytes.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
