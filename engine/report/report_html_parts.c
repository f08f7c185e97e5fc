// SPDX-License-Identifier: MIT
/* Failures, versions, decisions, and what took longest. */
#include "engine/report/report_html.h"

/* A heading with how many there are. */
static void begin_section(struct report_page *page, const char *id, const char *title, size_t count)
{
	strbuf_addf(page->out, "<section id=\"%s\">\n<h2>%s", id, title);
	if (count)
		strbuf_addf(page->out, " <span class=\"count\">%zu</span>", count);
	strbuf_add_str(page->out, "</h2>\n");
}

static void link_step(struct report_page *page, uint32_t number)
{
	strbuf_addf(page->out, "<a href=\"#step-%u\">Step %u</a>", number, number);
}

/* ---- Failures -------------------------------------------------------------------------------------------- */

static void write_lines(struct report_page *page, const struct report_attempt *attempt)
{
	if (!*attempt->lines)
		return;
	page_element(page, "pre class=\"lines\" tabindex=\"0\"", attempt->lines);
	strbuf_add_str(page->out, "\n");
}

static void write_cause(struct report_page *page, const struct report_attempt *attempt)
{
	if (*attempt->cause) {
		strbuf_add_str(page->out, "<p><b class=\"label\">Cause</b> ");
		page_text(page, attempt->cause);
		strbuf_add_str(page->out, "</p>\n");
	}
	if (*attempt->action) {
		strbuf_add_str(page->out, "<p><b class=\"label\">What to do</b> ");
		page_text(page, attempt->action);
		strbuf_add_str(page->out, "</p>\n");
	}
	if (*attempt->log_path) {
		strbuf_add_str(page->out, "<p class=\"path\"><b class=\"label\">Log</b> ");
		page_text(page, attempt->log_path);
		strbuf_add_str(page->out, "</p>\n");
	}
}

static void write_how(struct report_page *page, const struct report_attempt *attempt)
{
	const struct report *report = page->report;
	char time[CLOCK_TEXT_SIZE], duration[CLOCK_TEXT_SIZE];

	report_time_of_day(report, attempt->ended_ns ? attempt->ended_ns : attempt->started_ns, time);
	report_duration(attempt->duration_ns, duration);
	strbuf_addf(page->out, "<p class=\"meta\">Attempt %u, %s", attempt->number, time);
	if (attempt->duration_ns >= 0)
		strbuf_addf(page->out, " after %s", duration);
	if (*attempt->reason) {
		strbuf_add_str(page->out, ": ");
		page_text(page, attempt->reason);
	}
	strbuf_add_str(page->out, "</p>\n");
}

static size_t count_trouble(const struct report *report, const struct report_step *step)
{
	size_t count = 0;

	for (size_t i = 0; i < step->attempts.count; i++)
		count += report_is_trouble(report->attempts[step->attempts.first + i].state);
	return count;
}

/* The attempts before the last one that failed, folded away. */
static void write_earlier(struct report_page *page, const struct report_step *step, const struct report_attempt *last)
{
	const struct report *report = page->report;
	size_t count = count_trouble(report, step);

	if (count < 2)
		return;
	strbuf_addf(page->out, "<details><summary>%zu earlier failure%s of this step</summary>\n", count - 1,
		    count == 2 ? "" : "s");
	for (size_t i = 0; i < step->attempts.count; i++) {
		const struct report_attempt *attempt = &report->attempts[step->attempts.first + i];

		if (attempt == last || !report_is_trouble(attempt->state))
			continue;
		write_how(page, attempt);
		write_lines(page, attempt);
	}
	strbuf_add_str(page->out, "</details>\n");
}

static void write_failure(struct report_page *page, const struct report_step *step)
{
	const struct report_attempt *last = report_last_trouble(page->report, step);

	strbuf_addf(page->out, "<article class=\"failure %s\" id=\"failure-%u\">\n<h3>",
		    report_state_class(last ? last->state : step->state), step->number);
	link_step(page, step->number);
	strbuf_add_str(page->out, " ");
	page_text(page, step->description);
	strbuf_add_str(page->out, "</h3>\n<p class=\"verdict\">");
	if (last)
		page_state(page, last->state, report_state_word(last->state));
	if (!last || last->state != step->state || step->by_hand) {
		strbuf_add_str(page->out, last ? " <span class=\"then\">then</span> " : "");
		page_state(page, step->state, report_step_word(step));
	}
	strbuf_add_str(page->out, "</p>\n");
	if (last) {
		write_how(page, last);
		write_lines(page, last);
		write_cause(page, last);
		write_earlier(page, step, last);
	}
	strbuf_add_str(page->out, "</article>\n");
}

/* What nobody has mended yet comes first. */
static void write_failures(struct report_page *page, bool open)
{
	for (size_t i = 0; i < page->report->step_count; i++) {
		const struct report_step *step = &page->report->steps[i];

		if (page_had_trouble(page->report, step) && open != state_is_done(step->state))
			write_failure(page, step);
	}
}

void page_failures(struct report_page *page)
{
	if (!page->trouble_count)
		return;
	begin_section(page, "failures", "What went wrong", page->trouble_count);
	write_failures(page, true);
	write_failures(page, false);
	strbuf_add_str(page->out, "</section>\n");
}

/* ---- Versions -------------------------------------------------------------------------------------------- */

static void write_version(struct report_page *page, const struct report_version *version)
{
	char time[CLOCK_TEXT_SIZE];

	strbuf_add_str(page->out, "<tr>");
	page_element(page, "th scope=\"row\"", version->service_model);
	page_element(page, "td", *version->before ? version->before : "–");
	strbuf_add_str(page->out, "<td>");
	if (!version->step) {
		strbuf_add_str(page->out, "<span class=\"meta\">not changed</span></td></tr>\n");
		return;
	}
	page_element(page, "b", *version->after ? version->after : "taken away");
	report_time_of_day(page->report, version->installed_ns, time);
	strbuf_addf(page->out, " <span class=\"meta\"><a href=\"#step-%u\">step %u</a>, %s</span></td></tr>\n",
		    version->step, version->step, time);
}

/* A long table is folded: it is looked up, not read. */
enum { VERSIONS_FOLDED = 24 };

void page_versions(struct report_page *page)
{
	const struct report *report = page->report;
	bool folded = report->version_count > VERSIONS_FOLDED;

	if (!report->version_count)
		return;
	begin_section(page, "versions", "Versions", folded ? report->version_count : 0);
	if (folded)
		strbuf_add_str(page->out, "<details><summary>Show the versions of all service models</summary>\n");
	strbuf_add_str(page->out,
		       "<table>\n<thead><tr><th scope=\"col\">Service model</th><th scope=\"col\">Before</th>"
		       "<th scope=\"col\">After</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->version_count; i++)
		write_version(page, &report->versions[i]);
	strbuf_addf(page->out, "</tbody>\n</table>\n%s</section>\n", folded ? "</details>\n" : "");
}

/* ---- Decisions ------------------------------------------------------------------------------------------- */

static void write_decision(struct report_page *page, const struct report_decision *decision)
{
	char time[CLOCK_TEXT_SIZE];

	report_time_of_day(page->report, decision->time_ns, time);
	strbuf_addf(page->out, "<li><span class=\"when\">%s</span> <span>", time);
	link_step(page, decision->step);
	strbuf_add_char(page->out, ' ');
	page_text(page, report_decision_word(decision));
	strbuf_add_str(page->out, " by ");
	page_element(page, "b", decision->user);
	if (*decision->reason) {
		strbuf_add_str(page->out, " <q>");
		page_text(page, decision->reason);
		strbuf_add_str(page->out, "</q>");
	} else {
		strbuf_add_str(page->out, " <span class=\"meta\">(no reason given)</span>");
	}
	strbuf_add_str(page->out, "</span></li>\n");
}

void page_decisions(struct report_page *page)
{
	const struct report *report = page->report;
	size_t count = 0;

	for (size_t i = 0; i < report->decision_count; i++)
		count += report_is_decision(&report->decisions[i]);
	if (!count)
		return;
	begin_section(page, "decisions", "Who decided what", count);
	strbuf_add_str(page->out, "<ul class=\"decisions\">\n");
	for (size_t i = 0; i < report->decision_count; i++)
		if (report_is_decision(&report->decisions[i]))
			write_decision(page, &report->decisions[i]);
	strbuf_add_str(page->out, "</ul>\n</section>\n");
}

/* ---- What took longest ----------------------------------------------------------------------------------- */

static double part_of(int64_t duration_ns, int64_t longest_ns)
{
	double part = (double)duration_ns * 100 / (double)longest_ns;

	return part > 100 ? 100 : part < 0.5 ? 0.5 : part;
}

static void write_long_step(struct report_page *page, const struct report_step *step, int64_t longest_ns)
{
	CLEANUP_STRBUF struct strbuf difference = STRBUF_INIT;
	char duration[CLOCK_TEXT_SIZE];

	report_duration(step->duration_ns, duration);
	report_difference(step, &difference);
	strbuf_add_str(page->out, "<li><div class=\"what\">");
	link_step(page, step->number);
	strbuf_add_str(page->out, " ");
	page_text(page, step->description);
	strbuf_addf(page->out,
		    "</div><div class=\"bar\" aria-hidden=\"true\"><i class=\"%s\" style=\"width:%.1f%%\"></i>",
		    report_state_class(step->state), part_of(step->duration_ns, longest_ns));
	if (step->earlier_id)
		strbuf_addf(page->out, "<i class=\"before\" style=\"left:%.1f%%\"></i>",
			    part_of(step->earlier_ns, longest_ns));
	strbuf_addf(page->out, "</div><div class=\"long\"><b>%s</b>", duration);
	if (difference.length) {
		strbuf_add_str(page->out, " <span class=\"meta\">");
		page_text(page, difference.data);
		strbuf_add_str(page->out, "</span>");
	}
	strbuf_add_str(page->out, "</div></li>\n");
}

void page_longest(struct report_page *page)
{
	const struct report *report = page->report;
	bool compared = false;

	if (!report->longest_count)
		return;
	for (size_t i = 0; i < report->longest_count; i++)
		compared |= report->steps[report->longest[i]].earlier_id != NULL;
	begin_section(page, "longest", "What took longest", 0);
	if (compared)
		strbuf_add_str(
			page->out,
			"<p class=\"meta\">The thin mark, and the time behind the runbook’s name, are of the last "
			"runbook that completed the same step.</p>\n");
	strbuf_add_str(page->out, "<ol class=\"longest\">\n");
	for (size_t i = 0; i < report->longest_count; i++)
		write_long_step(page, &report->steps[report->longest[i]],
				report->steps[report->longest[0]].duration_ns);
	strbuf_add_str(page->out, "</ol>\n</section>\n");
}
