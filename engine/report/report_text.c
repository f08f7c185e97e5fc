// SPDX-License-Identifier: MIT
#include <string.h>

#include "engine/report/report_words.h"
#include "engine/report/report_write.h"
#include "runbook/base/utf8.h"

/* In one line, whatever it holds. */
static void add_line_text(struct strbuf *out, const char *text)
{
	strbuf_add_visible(out, text, SIZE_MAX);
}

static void add_heading(struct strbuf *out, const char *title)
{
	strbuf_addf(out, "\n%s\n", title);
	for (size_t i = 0; i < strlen(title); i++)
		strbuf_add_char(out, '-');
	strbuf_add_char(out, '\n');
}

static void add_fact(struct strbuf *out, const char *name, const char *value)
{
	if (!*value)
		return;
	strbuf_addf(out, "  %-14s ", name);
	add_line_text(out, value);
	strbuf_add_char(out, '\n');
}

static void add_head(struct strbuf *out, const struct report *report)
{
	CLEANUP_STRBUF struct strbuf headline = STRBUF_INIT, subline = STRBUF_INIT;
	char text[CLOCK_TEXT_SIZE];

	report_headline(report, &headline);
	report_subline(report, &subline);
	strbuf_addf(out, "Runbook %s: %s\n", report->runbook.id, headline.data);
	if (subline.length) {
		strbuf_add_str(out, "  ");
		add_line_text(out, subline.data);
		strbuf_add_char(out, '\n');
	}
	strbuf_add_char(out, '\n');
	report_time(report->begin_ns, text);
	add_fact(out, "Began (UTC)", text);
	report_time(report->end_ns, text);
	add_fact(out, report->outcome == REPORT_COMPLETED ? "Ended" : "Last event", text);
	report_duration(report->end_ns - report->begin_ns, text);
	add_fact(out, "Elapsed", text);
	report_duration(report->working_ns, text);
	add_fact(out, "Steps ran for", text);
	add_fact(out, "Version", report->runbook.version);
	if (strcmp(report->runbook.package_type, "Unknown") != 0)
		add_fact(out, "Package type", report->runbook.package_type);
	add_fact(out, "Package", report->runbook.package_root);
}

static void add_counts(struct strbuf *out, const struct ledger_runbook *runbook)
{
	strbuf_addf(out, "  %-14s %u", "Steps", runbook->step_count);
	for (unsigned state = 0; state < STATE_COUNT; state++)
		if (runbook->counts[state])
			strbuf_addf(out, ", %u %s", runbook->counts[state], report_state_word((enum step_state)state));
	strbuf_add_char(out, '\n');
}

static void add_next(struct strbuf *out, const struct report *report)
{
	if (!report->advice || report->outcome == REPORT_COMPLETED)
		return;
	add_heading(out, "What to do next");
	strbuf_add_str(out, "  ");
	add_line_text(out, report->advice);
	strbuf_add_char(out, '\n');
	for (size_t i = 0; i < report->commands.count; i++) {
		strbuf_add_str(out, "    ");
		add_line_text(out, report->commands.items[i]);
		strbuf_add_char(out, '\n');
	}
}

/* ---- Failures -------------------------------------------------------------------------------------------- */

static void add_quoted(struct strbuf *out, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		strbuf_add_str(out, "    | ");
		strbuf_add_visible_bytes(out, lines, length, "\t");
		strbuf_add_char(out, '\n');
		lines += length + (lines[length] == '\n');
	}
}

static void add_labelled(struct strbuf *out, const char *label, const char *text)
{
	if (!*text)
		return;
	strbuf_addf(out, "    %s: ", label);
	add_line_text(out, text);
	strbuf_add_char(out, '\n');
}

static void add_failure(struct strbuf *out, const struct report *report, const struct report_step *step)
{
	const struct report_attempt *last = report_last_trouble(report, step);

	strbuf_addf(out, "  Step %u, %s: ", step->number, report_step_word(step));
	add_line_text(out, step->description);
	strbuf_add_char(out, '\n');
	if (!last)
		return;
	strbuf_addf(out, "    attempt %u: %s", last->number, report_state_word(last->state));
	strbuf_add_str(out, *last->reason ? ", " : "");
	add_line_text(out, last->reason);
	strbuf_add_char(out, '\n');
	add_quoted(out, last->lines);
	add_labelled(out, "cause", last->cause);
	add_labelled(out, "what to do", last->action);
	add_labelled(out, "log", last->log_path);
}

static void add_failures(struct strbuf *out, const struct report *report)
{
	bool any = false;

	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];

		if (!report_is_trouble(step->state) && !report_last_trouble(report, step))
			continue;
		if (!any)
			add_heading(out, "What went wrong");
		any = true;
		add_failure(out, report, step);
	}
}

/* ---- The rest -------------------------------------------------------------------------------------------- */

static void add_versions(struct strbuf *out, const struct report *report)
{
	if (!report->version_count)
		return;
	add_heading(out, "Versions");
	for (size_t i = 0; i < report->version_count; i++) {
		const struct report_version *version = &report->versions[i];

		strbuf_add_str(out, "  ");
		add_line_text(out, version->service_model);
		strbuf_addf(out, ": %s", *version->before ? version->before : "none");
		if (version->step)
			strbuf_addf(out, " -> %s (step %u)\n", *version->after ? version->after : "taken away",
				    version->step);
		else
			strbuf_add_str(out, ", not changed\n");
	}
}

static void add_decisions(struct strbuf *out, const struct report *report)
{
	bool any = false;

	for (size_t i = 0; i < report->decision_count; i++) {
		const struct report_decision *decision = &report->decisions[i];
		char time[CLOCK_TEXT_SIZE];

		if (!report_is_decision(decision))
			continue;
		if (!any)
			add_heading(out, "Who decided what");
		any = true;
		report_time(decision->time_ns, time);
		strbuf_addf(out, "  %s  step %u ", time, decision->step);
		add_line_text(out, report_decision_word(decision));
		strbuf_add_str(out, " by ");
		add_line_text(out, decision->user);
		strbuf_add_str(out, *decision->reason ? ": " : "");
		add_line_text(out, decision->reason);
		strbuf_add_char(out, '\n');
	}
}

static void add_longest(struct strbuf *out, const struct report *report)
{
	if (!report->longest_count)
		return;
	add_heading(out, "What took longest");
	for (size_t i = 0; i < report->longest_count; i++) {
		const struct report_step *step = &report->steps[report->longest[i]];
		CLEANUP_STRBUF struct strbuf difference = STRBUF_INIT;
		char duration[CLOCK_TEXT_SIZE];

		report_duration(step->duration_ns, duration);
		report_difference(step, &difference);
		strbuf_addf(out, "  %12s  step %u ", duration, step->number);
		add_line_text(out, step->description);
		if (difference.length)
			strbuf_addf(out, "; %s", difference.data);
		strbuf_add_char(out, '\n');
	}
}

static void add_steps(struct strbuf *out, const struct report *report)
{
	add_heading(out, "All steps");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];
		char duration[CLOCK_TEXT_SIZE] = "";

		if (step->attempts.count)
			report_duration(step->duration_ns, duration);
		strbuf_addf(out, "  %4u  %-17s  %-12s  ", step->number, report_step_word(step), duration);
		add_line_text(out, step->description);
		if (step->attempts.count > 1)
			strbuf_addf(out, " (%zu attempts)", step->attempts.count);
		strbuf_add_char(out, '\n');
	}
}

void report_write_text(const struct report *report, struct strbuf *ret)
{
	add_head(ret, report);
	add_counts(ret, &report->runbook);
	add_next(ret, report);
	add_failures(ret, report);
	add_versions(ret, report);
	add_decisions(ret, report);
	add_longest(ret, report);
	add_steps(ret, report);
}
