// SPDX-License-Identifier: MIT
/* When which step ran on which machine: a line of bars per machine. */
#include "engine/report/report_html.h"

#include <strings.h>

/* So that a step of a moment can be seen beside one of an hour. */
static const double bar_minimum = 0.25;

/* A bar's title is what a mouse shows; without one everything of it stands in the list of steps. */
static void write_bar(struct report_page *page, const struct report_step *step, const struct report_attempt *attempt)
{
	double from = report_scale_at(&page->scale, attempt->started_ns);
	double to = attempt->ended_ns ? report_scale_at(&page->scale, attempt->ended_ns) : from;
	double width = to - from < bar_minimum ? bar_minimum : to - from;
	bool is_trouble = report_is_trouble(attempt->state);
	char duration[CLOCK_TEXT_SIZE];

	if (from + width > 100)
		from = 100 - width;
	report_duration(attempt->duration_ns, duration);
	strbuf_addf(page->out,
		    "<a href=\"#step-%u\" tabindex=\"-1\"><rect class=\"%s\" x=\"%.3f\" y=\"%s\" width=\"%.3f\" "
		    "height=\"%s\"/><title>",
		    step->number, report_state_class(attempt->state), from, is_trouble ? "0" : "6", width,
		    is_trouble ? "32" : "20");
	strbuf_addf(page->out, "Step %u, attempt %u: ", step->number, attempt->number);
	page_text(page, step->description);
	strbuf_addf(page->out, "; %s, %s</title></a>\n", report_state_word(attempt->state), duration);
}

/* A step whose result was taken over from another machine ran there. */
static void write_elsewhere(struct report_page *page, const struct report_decision *decision)
{
	double from = report_scale_at(&page->scale, decision->begin_ns);
	double width = report_scale_at(&page->scale, decision->end_ns) - from;

	strbuf_addf(page->out, "<rect class=\"%s\" x=\"%.3f\" y=\"6\" width=\"%.3f\" height=\"20\"/>\n",
		    report_state_class(decision->state), from, width < bar_minimum ? bar_minimum : width);
}

/* The moment in which somebody decided. */
static void write_mark(struct report_page *page, const struct report_decision *decision)
{
	double at = report_scale_at(&page->scale, decision->time_ns);

	strbuf_addf(page->out,
		    "<a href=\"#step-%u\" tabindex=\"-1\"><rect class=\"decision\" x=\"%.3f\" y=\"0\" width=\"%.2f\" "
		    "height=\"32\"/><title>Step %u: ",
		    decision->step, at > 100 - bar_minimum ? 100 - bar_minimum : at, bar_minimum, decision->step);
	page_text(page, report_decision_word(decision));
	strbuf_add_str(page->out, " by ");
	page_text(page, decision->user);
	strbuf_add_str(page->out, "</title></a>\n");
}

static void write_decision(struct report_page *page, const struct report_decision *decision)
{
	if (decision->begin_ns)
		write_elsewhere(page, decision);
	else if (report_is_decision(decision))
		write_mark(page, decision);
}

static void write_bars(struct report_page *page, const char *machine)
{
	const struct report *report = page->report;

	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];

		if (strcasecmp(step->machine, machine) != 0)
			continue;
		for (size_t k = 0; k < step->attempts.count; k++)
			write_bar(page, step, &report->attempts[step->attempts.first + k]);
		for (size_t k = 0; k < step->decisions.count; k++)
			write_decision(page, &report->decisions[step->decisions.first + k]);
	}
}

static void write_folds(struct report_page *page)
{
	const struct report_scale *scale = &page->scale;

	for (size_t i = 0; i < scale->fold_count; i++) {
		double from = report_scale_at(scale, scale->folds[i].begin_ns);

		strbuf_addf(page->out, "<rect class=\"fold\" x=\"%.3f\" y=\"0\" width=\"%.3f\" height=\"32\"/>\n", from,
			    report_scale_at(scale, scale->folds[i].end_ns) - from);
	}
}

/* A machine whose steps have not begun has no line. */
static bool has_something(const struct report *report, const char *machine)
{
	for (size_t i = 0; i < report->step_count; i++) {
		const struct report_step *step = &report->steps[i];

		if (strcasecmp(step->machine, machine) == 0 && (step->attempts.count || step->decisions.count))
			return true;
	}
	return false;
}

static void write_lane(struct report_page *page, const char *machine)
{
	if (!has_something(page->report, machine))
		return;
	page_element(page, "h3", machine);
	strbuf_add_str(
		page->out,
		"\n<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lane\" viewBox=\"0 0 100 32\" "
		"preserveAspectRatio=\"none\" role=\"img\" aria-label=\"When its steps ran; the list of steps below says the same\">\n");
	write_folds(page);
	write_bars(page, machine);
	strbuf_add_str(page->out, "</svg>\n");
}

/* The letters stand where the folded pauses are, above the names of when they were. */
static void write_letters(struct report_page *page)
{
	const struct report_scale *scale = &page->scale;

	if (!scale->fold_count)
		return;
	strbuf_add_str(page->out, "<div class=\"letters\" aria-hidden=\"true\">");
	for (size_t i = 0; i < scale->fold_count; i++)
		strbuf_addf(page->out, "<span style=\"left:%.3f%%\">%c</span>",
			    report_scale_at(scale, scale->folds[i].begin_ns) + REPORT_FOLD_WIDTH / 2,
			    (char)('a' + (int)i));
	strbuf_add_str(page->out, "</div>\n");
}

static void write_axis(struct report_page *page)
{
	char begin[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE];

	report_time_of_day(page->report, page->scale.begin_ns, begin);
	report_time_of_day(page->report, page->scale.end_ns, end);
	strbuf_addf(page->out, "<div class=\"axis\"><span>%s</span><span>%s</span></div>\n", begin, end);
}

/* The attempt that ended a pause. */
static const struct report_attempt *after_pause(const struct report *report, const struct report_fold *fold)
{
	for (size_t i = 0; i < report->attempt_count; i++)
		if (report->attempts[i].started_ns == fold->end_ns)
			return &report->attempts[i];
	return NULL;
}

static void write_pauses(struct report_page *page)
{
	const struct report_scale *scale = &page->scale;

	if (!scale->fold_count)
		return;
	strbuf_add_str(page->out, "<ol class=\"pauses\">\n");
	for (size_t i = 0; i < scale->fold_count; i++) {
		const struct report_attempt *next = after_pause(page->report, &scale->folds[i]);
		char duration[CLOCK_TEXT_SIZE];

		report_duration(scale->folds[i].end_ns - scale->folds[i].begin_ns, duration);
		strbuf_addf(page->out, "<li>%s in which nothing ran", duration);
		if (next)
			strbuf_addf(page->out, ", before <a href=\"#step-%u\">step %u</a>", next->step, next->step);
		strbuf_add_str(page->out, "</li>\n");
	}
	strbuf_add_str(page->out, "</ol>\n");
}

void page_timeline(struct report_page *page)
{
	const struct report *report = page->report;

	if (!page->has_scale)
		return;
	strbuf_add_str(page->out, "<section id=\"timeline\">\n<h2>Timeline</h2>\n<div class=\"lanes\">\n");
	write_letters(page);
	for (size_t i = 0; i < report->machines.count; i++)
		write_lane(page, report->machines.items[i]);
	write_axis(page);
	strbuf_add_str(page->out, "</div>\n");
	write_pauses(page);
	strbuf_add_str(page->out, "</section>\n");
}
