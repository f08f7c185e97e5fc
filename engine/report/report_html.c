// SPDX-License-Identifier: MIT
#include "engine/report/report_html.h"

#include <string.h>

#include "engine/report/report_write.h"
#include "runbook/base/utf8.h"
#include "runbook/xml_out.h"

/* ---- What all parts use ---------------------------------------------------------------------------------- */

void page_text(struct report_page *page, const char *text)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	strbuf_add_visible_bytes(&visible, text, strlen(text), "\n\t");
	xml_out_escaped(page->out, visible.data, visible.length);
}

void page_element(struct report_page *page, const char *tag, const char *text)
{
	strbuf_addf(page->out, "<%s>", tag);
	page_text(page, text);
	strbuf_addf(page->out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

void page_state(struct report_page *page, enum step_state state, const char *word)
{
	strbuf_addf(page->out, "<span class=\"state %s\">%s</span>", report_state_class(state), word);
}

bool page_had_trouble(const struct report *report, const struct report_step *step)
{
	return report_is_trouble(step->state) || report_last_trouble(report, step);
}

bool page_was_decided(const struct report *report, const struct report_step *step)
{
	for (size_t i = 0; i < step->decisions.count; i++)
		if (report_is_decision(&report->decisions[step->decisions.first + i]))
			return true;
	return false;
}

/* ---- The head of the page -------------------------------------------------------------------------------- */

static void write_begin(struct report_page *page)
{
	strbuf_add_str(page->out,
		       "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">\n"
		       "<head>\n<meta charset=\"utf-8\"/>\n"
		       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		       "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		       "<meta name=\"generator\" content=\"runbook " RUNBOOK_VERSION "\"/>\n"
		       /* The page asks for nothing, and could not. */
		       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		       "style-src 'unsafe-inline'; img-src data:\"/>\n"
		       "<link rel=\"icon\" href=\"data:,\"/>\n<title>");
	page_text(page, page->report->runbook.id);
	strbuf_add_str(page->out, ": ");
	report_headline(page->report, page->out);
	strbuf_add_str(page->out, "</title>\n<style>\n");
	page_style(page);
	strbuf_add_str(page->out,
		       "</style>\n</head>\n<body>\n<a class=\"jump\" href=\"#steps\">Skip to the steps</a>\n");
}

static const char *outcome_class(enum report_outcome outcome)
{
	static const char *const classes[] = {
		[REPORT_COMPLETED] = "good",  [REPORT_NOT_STARTED] = "none", [REPORT_UNDER_WAY] = "busy",
		[REPORT_UNFINISHED] = "late", [REPORT_WAITING] = "late",     [REPORT_FAILED] = "bad",
		[REPORT_TIMED_OUT] = "late",  [REPORT_UNKNOWN] = "lost",
	};

	return classes[outcome];
}

static void write_outcome(struct report_page *page)
{
	CLEANUP_STRBUF struct strbuf headline = STRBUF_INIT, subline = STRBUF_INIT;
	const struct report *report = page->report;

	report_headline(report, &headline);
	report_subline(report, &subline);
	strbuf_addf(page->out, "<div class=\"outcome %s\">\n", outcome_class(report->outcome));
	page_element(page, "p class=\"headline\"", headline.data);
	if (subline.length) {
		strbuf_add_str(page->out, "\n");
		page_element(page, "p class=\"subline\"", subline.data);
	}
	strbuf_add_str(page->out, "\n</div>\n");
}

static void write_fact(struct report_page *page, const char *name, const char *value)
{
	if (!*value)
		return;
	strbuf_addf(page->out, "<div><dt>%s</dt>", name);
	page_element(page, "dd", value);
	strbuf_add_str(page->out, "</div>\n");
}

static void write_times(struct report_page *page)
{
	const struct report *report = page->report;
	char text[CLOCK_TEXT_SIZE];
	int64_t elapsed_ns = report->end_ns - report->begin_ns;

	if (!report->begin_ns)
		return;
	report_time(report->begin_ns, text);
	write_fact(page, "Began (UTC)", text);
	report_time_of_day(report, report->end_ns, text);
	write_fact(page, report->outcome == REPORT_COMPLETED ? "Ended" : "Last event", text);
	report_duration(elapsed_ns, text);
	write_fact(page, "Elapsed", text);
	report_duration(report->working_ns, text);
	write_fact(page, "Steps ran for", text);
	report_duration(elapsed_ns > report->working_ns ? elapsed_ns - report->working_ns : 0, text);
	write_fact(page, "Waited", text);
}

static void write_facts(struct report_page *page)
{
	const struct ledger_runbook *runbook = &page->report->runbook;
	CLEANUP_STRBUF struct strbuf machines = STRBUF_INIT;

	for (size_t i = 0; i < page->report->machines.count; i++)
		strbuf_addf(&machines, "%s%s", i ? ", " : "", page->report->machines.items[i]);
	strbuf_add_str(page->out, "<dl class=\"facts\">\n");
	write_times(page);
	write_fact(page, page->report->machines.count == 1 ? "Machine" : "Machines", machines.data);
	write_fact(page, "Package version", runbook->version);
	if (strcmp(runbook->package_type, "Unknown") != 0)
		write_fact(page, "Package type", runbook->package_type);
	write_fact(page, "Package", runbook->package_root);
	strbuf_add_str(page->out, "</dl>\n");
}

/* ---- How many steps stand how ---------------------------------------------------------------------------- */

static const enum step_state shown_states[] = { STATE_COMPLETED, STATE_SKIPPED,     STATE_IN_PROGRESS, STATE_FAILED,
						STATE_TIMED_OUT, STATE_INTERRUPTED, STATE_NOT_STARTED };

static void write_counts(struct report_page *page)
{
	const struct ledger_runbook *runbook = &page->report->runbook;

	strbuf_add_str(page->out, "<div class=\"share\" aria-hidden=\"true\">");
	for (size_t i = 0; i < sizeof(shown_states) / sizeof(shown_states[0]); i++)
		if (runbook->counts[shown_states[i]])
			strbuf_addf(page->out, "<i class=\"%s\" style=\"flex-grow:%u\"></i>",
				    report_state_class(shown_states[i]), runbook->counts[shown_states[i]]);
	strbuf_addf(page->out, "</div>\n<ul class=\"counts\">\n<li><b>%u</b> step%s</li>\n", runbook->step_count,
		    runbook->step_count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(shown_states) / sizeof(shown_states[0]); i++)
		if (runbook->counts[shown_states[i]])
			strbuf_addf(page->out, "<li><i class=\"%s\"></i><b>%u</b> %s</li>\n",
				    report_state_class(shown_states[i]), runbook->counts[shown_states[i]],
				    report_state_word(shown_states[i]));
	strbuf_add_str(page->out, "</ul>\n");
}

static void write_next(struct report_page *page)
{
	const struct report *report = page->report;

	if (!report->advice || report->outcome == REPORT_COMPLETED)
		return;
	strbuf_add_str(page->out, "<section id=\"next\">\n<h2>What to do next</h2>\n");
	page_element(page, "p", report->advice);
	for (size_t i = 0; i < report->commands.count; i++) {
		strbuf_add_str(page->out, "\n");
		page_element(page, "pre class=\"command\"", report->commands.items[i]);
	}
	strbuf_add_str(page->out, "\n</section>\n");
}

static void write_acceptance(struct report_page *page)
{
	const struct ledger_acceptance *acceptance = &page->report->acceptance;
	char time[CLOCK_TEXT_SIZE];

	if (acceptance->signed_ns) {
		report_time(acceptance->signed_ns, time);
		strbuf_addf(page->out, "<p class=\"note\">Signed off %s by ", time);
		page_element(page, "b", acceptance->signed_by);
		strbuf_add_str(page->out, ": ");
		page_text(page, acceptance->sign_reason);
		strbuf_add_str(page->out, "</p>\n");
	}
	if (*acceptance->restored_by) {
		strbuf_addf(page->out, "<p class=\"note\">%s by runbook ",
			    acceptance->is_restored ? "Taken back" : "Being taken back");
		page_element(page, "b", acceptance->restored_by);
		strbuf_add_str(page->out, "</p>\n");
	}
	if (*acceptance->restores) {
		strbuf_add_str(page->out, "<p class=\"note\">Takes back runbook ");
		page_element(page, "b", acceptance->restores);
		strbuf_add_str(page->out, "</p>\n");
	}
}

static void write_link(struct report_page *page, bool there, const char *id, const char *title)
{
	if (there)
		strbuf_addf(page->out, "<a href=\"#%s\">%s</a>\n", id, title);
}

static void write_contents(struct report_page *page)
{
	const struct report *report = page->report;

	strbuf_add_str(page->out, "<nav aria-label=\"Contents\">\n");
	write_link(page, page->trouble_count > 0, "failures", "What went wrong");
	write_link(page, page->has_scale, "timeline", "Timeline");
	write_link(page, report->longest_count > 0, "longest", "What took longest");
	write_link(page, report->version_count > 0, "versions", "Versions");
	write_link(page, page->decided_count > 0, "decisions", "Who decided what");
	write_link(page, true, "steps", "All steps");
	strbuf_add_str(page->out, "</nav>\n");
}

static void write_header(struct report_page *page)
{
	strbuf_add_str(page->out, "<header>\n<p class=\"kicker\">Runbook report</p>\n");
	page_element(page, "h1", page->report->runbook.id);
	strbuf_add_str(page->out, "\n");
	write_outcome(page);
	write_counts(page);
	write_acceptance(page);
	write_facts(page);
	write_contents(page);
	strbuf_add_str(page->out, "</header>\n<main>\n");
}

static void count_steps(struct report_page *page)
{
	for (size_t i = 0; i < page->report->step_count; i++) {
		page->trouble_count += page_had_trouble(page->report, &page->report->steps[i]);
		page->decided_count += page_was_decided(page->report, &page->report->steps[i]);
	}
}

void report_write_html(const struct report *report, struct strbuf *ret)
{
	struct report_page page = { .report = report, .out = ret };

	page.has_scale = report_scale_make(report, &page.scale);
	count_steps(&page);
	write_begin(&page);
	write_header(&page);
	write_next(&page);
	page_failures(&page);
	page_timeline(&page);
	page_longest(&page);
	page_versions(&page);
	page_decisions(&page);
	page_steps(&page);
	strbuf_add_str(ret, "</main>\n<footer><p>Written by runbook " RUNBOOK_VERSION
			    " from its ledger. All times are UTC.</p></footer>\n</body>\n</html>\n");
}
