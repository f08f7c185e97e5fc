// SPDX-License-Identifier: MIT
/* All steps, phase by phase; what there is to know of each can be unfolded. */
#include "engine/report/report_html.h"

static void write_filter(struct report_page *page, const char *id, const char *label, uint32_t count)
{
	strbuf_addf(
		page->out,
		"<input type=\"radio\" name=\"show\" id=\"show-%s\"%s/><label for=\"show-%s\">%s <b>%u</b></label>\n",
		id, *id == 'a' ? " checked=\"checked\"" : "", id, label, count);
}

/* Without a script: the list that follows hides what a chosen button does not ask for. */
static void write_filters(struct report_page *page)
{
	if (!page->trouble_count && !page->decided_count)
		return;
	write_filter(page, "all", "All", page->report->runbook.step_count);
	if (page->trouble_count)
		write_filter(page, "trouble", "Went wrong", page->trouble_count);
	if (page->decided_count)
		write_filter(page, "decided", "Decided by hand", page->decided_count);
}

/* ---- One step -------------------------------------------------------------------------------------------- */

/* The shortest bar, at the end, still lies within the line. */
static const double place_last = 98.5;

/* Where in the run it was: its attempts on a line of their own. */
static void write_place(struct report_page *page, const struct report_step *step)
{
	strbuf_add_str(page->out, "<span class=\"place\" aria-hidden=\"true\">");
	for (size_t i = 0; page->has_scale && i < step->attempts.count; i++) {
		const struct report_attempt *attempt = &page->report->attempts[step->attempts.first + i];
		double from = report_scale_at(&page->scale, attempt->started_ns);
		double to = attempt->ended_ns ? report_scale_at(&page->scale, attempt->ended_ns) : from;
		double left = from > place_last ? place_last : from;

		strbuf_addf(page->out, "<i class=\"%s\" style=\"left:%.2f%%;width:%.2f%%\"></i>",
			    report_state_class(attempt->state), left, to - from);
	}
	strbuf_add_str(page->out, "</span>");
}

static void write_summary(struct report_page *page, const struct report_step *step)
{
	char duration[CLOCK_TEXT_SIZE];

	report_duration(step->duration_ns, duration);
	strbuf_addf(page->out, "<summary><span class=\"number\">%u</span>", step->number);
	page_state(page, step->state, report_step_word(step));
	strbuf_add_str(page->out, "<span class=\"what\">");
	page_text(page, step->description);
	if (step->attempts.count > 1)
		strbuf_addf(page->out, " <span class=\"tries\">%zu attempts</span>", step->attempts.count);
	strbuf_add_str(page->out, "</span>");
	write_place(page, step);
	strbuf_addf(page->out, "<span class=\"took\">%s</span></summary>\n", step->attempts.count ? duration : "");
}

static void write_cost(struct report_page *page, const struct report_attempt *attempt)
{
	char cpu[CLOCK_TEXT_SIZE];

	if (attempt->cpu_us >= 0) {
		report_duration(attempt->cpu_us * 1000, cpu);
		strbuf_addf(page->out, ", processor %s", cpu);
	}
	if (attempt->peak_memory_kb > 0)
		strbuf_addf(page->out, ", memory %.1f MB", (double)attempt->peak_memory_kb / 1024);
}

static void write_attempt(struct report_page *page, const struct report_attempt *attempt)
{
	char begin[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE], duration[CLOCK_TEXT_SIZE];

	report_time_of_day(page->report, attempt->started_ns, begin);
	report_time_behind(attempt->started_ns, attempt->ended_ns, end);
	report_duration(attempt->duration_ns, duration);
	strbuf_addf(page->out, "<li><b>Attempt %u</b> ", attempt->number);
	page_state(page, attempt->state, report_state_word(attempt->state));
	strbuf_addf(page->out, " <span class=\"meta\">%s to %s, %s", begin, end, duration);
	if (attempt->waited_ns >= 1000000000) {
		report_duration(attempt->waited_ns, duration);
		strbuf_addf(page->out, ", began after a wait of %s", duration);
	}
	write_cost(page, attempt);
	strbuf_add_str(page->out, "; by ");
	page_text(page, attempt->user);
	strbuf_add_str(page->out, "</span>");
	if (*attempt->reason) {
		strbuf_add_str(page->out, "<br/>");
		page_text(page, attempt->reason);
	}
	if (report_is_trouble(attempt->state))
		strbuf_addf(page->out, " <a href=\"#failure-%u\">what went wrong</a>", attempt->step);
	if (*attempt->left_behind) {
		strbuf_add_str(page->out, "<br/>Left behind: ");
		page_text(page, attempt->left_behind);
	}
	if (*attempt->log_path) {
		strbuf_add_str(page->out, "<br/><span class=\"path\">");
		page_text(page, attempt->log_path);
		strbuf_add_str(page->out, "</span>");
	}
	strbuf_add_str(page->out, "</li>\n");
}

static void write_decision(struct report_page *page, const struct report_decision *decision)
{
	char time[CLOCK_TEXT_SIZE];

	report_time_of_day(page->report, decision->time_ns, time);
	strbuf_add_str(page->out, "<li><b>Decision</b> ");
	page_text(page, report_decision_word(decision));
	strbuf_addf(page->out, " <span class=\"meta\">%s", time);
	if (*decision->user) {
		strbuf_add_str(page->out, ", by ");
		page_text(page, decision->user);
	}
	strbuf_add_str(page->out, "</span>");
	if (*decision->reason) {
		strbuf_add_str(page->out, " <q>");
		page_text(page, decision->reason);
		strbuf_add_str(page->out, "</q>");
	}
	strbuf_add_str(page->out, "</li>\n");
}

static void write_sub_steps(struct report_page *page, const struct report_step *step)
{
	if (!step->sub_steps.count)
		return;
	strbuf_add_str(page->out, "<ul class=\"subs\">\n");
	for (size_t i = 0; i < step->sub_steps.count; i++) {
		const struct report_sub_step *sub = &page->report->sub_steps[step->sub_steps.first + i];
		char duration[CLOCK_TEXT_SIZE];

		report_duration(sub->duration_ns, duration);
		strbuf_addf(page->out, "<li><span class=\"number\">%u.%u</span>", step->number, sub->number);
		page_state(page, sub->state, report_state_word(sub->state));
		strbuf_add_str(page->out, "<span class=\"what\">");
		page_text(page, sub->group);
		strbuf_add_str(page->out, *sub->group ? " / " : "");
		page_text(page, sub->name);
		strbuf_addf(page->out, "</span><span class=\"took\">%s</span></li>\n", duration);
	}
	strbuf_add_str(page->out, "</ul>\n");
}

static void write_origin(struct report_page *page, const struct report_step *step)
{
	CLEANUP_STRBUF struct strbuf difference = STRBUF_INIT;

	strbuf_add_str(page->out, "<p class=\"meta\">");
	page_text(page, step->service_model);
	if (*step->file_name) {
		strbuf_add_str(page->out, " / ");
		page_text(page, step->file_name);
	}
	strbuf_add_str(page->out, " on ");
	page_text(page, step->machine);
	report_difference(step, &difference);
	if (difference.length) {
		strbuf_add_str(page->out, "; ");
		page_text(page, difference.data);
	}
	strbuf_add_str(page->out, "</p>\n");
	if (*step->instruction) {
		strbuf_add_str(page->out, "<p>");
		page_text(page, step->instruction);
		strbuf_add_str(page->out, "</p>\n");
	}
}

/* Attempts and decisions in the order in which they were. */
static void write_history(struct report_page *page, const struct report_step *step)
{
	const struct report *report = page->report;
	size_t decision = 0;

	if (!step->attempts.count && !step->decisions.count)
		return;
	strbuf_add_str(page->out, "<ol class=\"history\">\n");
	for (size_t i = 0; i <= step->attempts.count; i++) {
		for (; decision < step->decisions.count &&
		       report->decisions[step->decisions.first + decision].after_attempt <= i;
		     decision++)
			write_decision(page, &report->decisions[step->decisions.first + decision]);
		if (i < step->attempts.count)
			write_attempt(page, &report->attempts[step->attempts.first + i]);
	}
	strbuf_add_str(page->out, "</ol>\n");
}

static void write_step(struct report_page *page, const struct report_step *step)
{
	strbuf_addf(page->out, "<li id=\"step-%u\" class=\"%s%s\"><details>", step->number,
		    page_had_trouble(page->report, step) ? "had-trouble" : "fine",
		    page_was_decided(page->report, step) ? " was-decided" : "");
	write_summary(page, step);
	strbuf_add_str(page->out, "<div class=\"more\">\n");
	write_origin(page, step);
	write_sub_steps(page, step);
	write_history(page, step);
	strbuf_add_str(page->out, "</div></details></li>\n");
}

/* ---- All of them ----------------------------------------------------------------------------------------- */

static size_t phase_end(const struct report *report, size_t first)
{
	size_t end = first + 1;

	while (end < report->step_count && report_phase(&report->steps[end]) == report_phase(&report->steps[first]))
		end++;
	return end;
}

static void write_phase(struct report_page *page, size_t first, size_t end)
{
	const struct report *report = page->report;
	char duration[CLOCK_TEXT_SIZE] = "";
	int64_t sum_ns = 0;

	for (size_t i = first; i < end; i++)
		for (size_t k = 0; k < report->steps[i].attempts.count; k++) {
			int64_t one_ns = report->attempts[report->steps[i].attempts.first + k].duration_ns;

			sum_ns += one_ns > 0 ? one_ns : 0;
		}
	if (sum_ns)
		clock_format_duration(sum_ns, duration);
	strbuf_addf(
		page->out,
		"<div class=\"phase\">\n<h3>%s <span class=\"meta\">%zu step%s%s%s</span></h3>\n<ul class=\"steps\">\n",
		report_phase_word(report_phase(&report->steps[first])), end - first, end - first == 1 ? "" : "s",
		sum_ns ? ", " : "", duration);
	for (size_t i = first; i < end; i++)
		write_step(page, &report->steps[i]);
	strbuf_add_str(page->out, "</ul>\n</div>\n");
}

void page_steps(struct report_page *page)
{
	strbuf_add_str(page->out, "<section id=\"steps\">\n<h2>All steps</h2>\n<div class=\"all\">\n");
	write_filters(page);
	for (size_t i = 0; i < page->report->step_count;) {
		size_t end = phase_end(page->report, i);

		write_phase(page, i, end);
		i = end;
	}
	strbuf_add_str(page->out, "</div>\n</section>\n");
}
