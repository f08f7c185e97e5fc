// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "engine/terminal.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/columns.h"
#include "runbook/base/utf8.h"

/* Below so many columns there is no room for more than number, state and description. */
enum { NARROW_COLUMNS = 64 };

/* Room for a step, or a sub-step as 34.12. */
enum { NUMBER_WIDTH = 5 };

/* What the lines share. */
struct printing {
	struct ledger *ledger;
	const struct ledger_runbook *runbook;
	const struct status_view *view;
	struct status_overrides overrides;
	int number_width;
	uint32_t step; /* whose sub-steps are printed */
	bool focused;  /* the first step that is not done has come */
};

static void printing_release(struct printing *printing)
{
	status_overrides_release(&printing->overrides);
}

static enum terminal_colour colour_of(enum step_state state)
{
	switch (state) {
	case STATE_COMPLETED:
		return TERMINAL_GOOD;
	case STATE_FAILED:
	case STATE_TIMED_OUT:
	case STATE_INTERRUPTED:
		return TERMINAL_BAD;
	case STATE_IN_PROGRESS:
	case STATE_SKIPPED:
		return TERMINAL_WARN;
	default:
		return TERMINAL_PLAIN;
	}
}

static void emit(const struct status_view *view, const char *line)
{
	if (view->lines)
		strv_push(view->lines, line);
	else
		(void)printf("%s\n", line);
}

/* Masked first: what is cut could not be recognised any more. */
static void add_safe(struct strbuf *sb, const char *line)
{
	CLEANUP_FREE char *masked = mask_string(line);

	strbuf_add_visible(sb, masked, SIZE_MAX);
}

/* A line that somebody may want to copy is never cut, but goes on in the next row. */
static void put_whole(const struct status_view *view, const char *line)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;
	const char *rest;

	if (!view->columns) {
		output_line("%s", line);
		return;
	}
	add_safe(&visible, line);
	rest = visible.data;
	do {
		size_t length = view->lines ? columns_prefix(rest, view->columns) : strlen(rest);
		CLEANUP_FREE char *part = xmemdupz(rest, length);

		emit(view, part);
		rest += length;
	} while (*rest);
}

/* A row of the table: on a terminal it is cut to fit, and its first `coloured` bytes, which are ASCII, have a colour. */
static void put_row(const struct status_view *view, enum terminal_colour colour, size_t coloured, const char *line)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf fitted = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf row = STRBUF_INIT;
	CLEANUP_FREE char *head = NULL;

	if (!view->columns) {
		output_line("%s", line);
		return;
	}
	add_safe(&visible, line);
	columns_add_fitted(&fitted, visible.data, view->columns);
	if (coloured > fitted.length)
		coloured = fitted.length;
	head = xmemdupz(fitted.data, coloured);
	terminal_add_coloured(&row, coloured ? colour : TERMINAL_PLAIN, head);
	strbuf_add_str(&row, fitted.data + coloured);
	emit(view, row.data);
}

static bool is_narrow(const struct status_view *view)
{
	return view->columns && view->columns < NARROW_COLUMNS;
}

static __attribute__((format(printf, 3, 4))) void print_fact(const struct status_view *view, const char *label,
							     const char *format, ...)
{
	CLEANUP_STRBUF struct strbuf line = STRBUF_INIT;
	va_list args;

	strbuf_addf(&line, "%-10s", label);
	va_start(args, format);
	strbuf_vaddf(&line, format, args);
	va_end(args);
	put_whole(view, line.data);
}

static void print_time(const struct status_view *view, const char *label, int64_t wall_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!wall_ns)
		return;
	clock_format_plain(wall_ns, text);
	print_fact(view, label, "%s", text);
}

static void add_counts(const struct ledger_runbook *runbook, struct strbuf *ret)
{
	const char *before = "";

	for (unsigned state = 0; state < STATE_COUNT; state++) {
		if (!runbook->counts[state])
			continue;
		strbuf_addf(ret, "%s%u %s", before, runbook->counts[state], state_name((enum step_state)state));
		before = ", ";
	}
}

void status_print_line(const struct ledger_runbook *runbook)
{
	CLEANUP_STRBUF struct strbuf counts = STRBUF_INIT;

	add_counts(runbook, &counts);
	output_line("%s: %u steps: %s", runbook->id, runbook->step_count, counts.data);
}

static bool is_done(const struct ledger_runbook *runbook)
{
	return runbook->counts[STATE_COMPLETED] + runbook->counts[STATE_SKIPPED] == runbook->step_count;
}

static void print_head(const struct status_view *view, const struct ledger_runbook *runbook,
		       const struct ledger_acceptance *acceptance)
{
	CLEANUP_STRBUF struct strbuf counts = STRBUF_INIT;
	CLEANUP_STRV struct strv decisions = STRV_INIT;

	add_counts(runbook, &counts);
	print_fact(view, "Runbook", "%s", runbook->id);
	if (!*runbook->package_type || strcmp(runbook->package_type, "Unknown") == 0)
		print_fact(view, "Package", "%s", runbook->package_root);
	else
		print_fact(view, "Package", "%s (%s)", runbook->package_root, runbook->package_type);
	print_time(view, "Imported", runbook->imported_ns);
	print_time(view, "Started", runbook->started_ns);
	print_time(view, is_done(runbook) ? "Ended" : "Changed", runbook->ended_ns);
	status_acceptance_lines(acceptance, &decisions);
	for (size_t i = 0; i < decisions.count; i++)
		put_whole(view, decisions.items[i]);
	print_fact(view, "Steps", "%u: %s", runbook->step_count, counts.data);
	put_whole(view, "");
}

static void print_override(const struct printing *printing, const struct ledger_override *override)
{
	CLEANUP_FREE char *line = NULL;
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(override->time_ns, time);
	line = xasprintf("%*s  %s by %s, %s%s%s%s%s", printing->number_width, "", override_kind_name(override->kind),
			 override->user, time, *override->reason ? ": " : "", override->reason,
			 override->kind == OVERRIDE_RERUN && *override->detail ? ", " : "",
			 override->kind == OVERRIDE_RERUN ? override->detail : "");
	put_row(printing->view, TERMINAL_PLAIN, 0, line);
}

/* Below a step that did not simply succeed: why it ended so. */
static void print_reason(const struct printing *printing, const struct ledger_attempt *attempt)
{
	CLEANUP_FREE char *line = NULL;

	if (!attempt->reason || !*attempt->reason)
		return;
	line = xasprintf("%*s  %s", printing->number_width, "", attempt->reason);
	put_row(printing->view, TERMINAL_PLAIN, 0, line);
}

static void mark_focus(const struct status_view *view)
{
	if (view->marks)
		view->marks->focus = view->lines->count;
}

static char *step_row(const struct printing *printing, const struct ledger_step *step, int64_t duration_ns)
{
	char duration[CLOCK_TEXT_SIZE] = "-";

	if (is_narrow(printing->view))
		return xasprintf("%*u  %-11s  %s", printing->number_width, step->number, state_name(step->state),
				 step->description);
	if (duration_ns >= 0)
		clock_format_duration(duration_ns, duration);
	return xasprintf("%*u  %-11s  %5u  %-11s  %s", printing->number_width, step->number, state_name(step->state),
			 step->attempt_count, duration, step->description);
}

static bool print_sub_step(void *context, const struct ledger_sub_step *sub_step, struct error *err)
{
	const struct printing *printing = context;
	CLEANUP_FREE char *number = xasprintf("%u.%u", printing->step, sub_step->number);
	CLEANUP_FREE char *line = NULL;
	char duration[CLOCK_TEXT_SIZE] = "-";

	(void)err;
	if (sub_step->state == STATE_IN_PROGRESS)
		mark_focus(printing->view);
	if (status_sub_step_duration_ns(sub_step) >= 0)
		clock_format_duration(status_sub_step_duration_ns(sub_step), duration);
	if (is_narrow(printing->view))
		line = xasprintf("%*s  %-11s  %s%s/%s", printing->number_width, number, state_name(sub_step->state),
				 sub_step->parent ? "  " : "", sub_step->group, sub_step->name);
	else
		line = xasprintf("%*s  %-11s  %5s  %-11s  %s%s/%s", printing->number_width, number,
				 state_name(sub_step->state), "", duration, sub_step->parent ? "  " : "",
				 sub_step->group, sub_step->name);
	put_row(printing->view, colour_of(sub_step->state),
		(size_t)printing->number_width + 2 + strlen(state_name(sub_step->state)), line);
	return true;
}

/* The parts of a step that is done are of no more interest here; the ledger and the export have them. */
static bool print_sub_steps(struct printing *printing, const struct ledger_step *step, struct error *err)
{
	const struct ledger_place place = { .runbook = printing->runbook->key, .step = step->number };

	printing->step = step->number;
	return state_is_done(step->state) || !step->attempt_count ||
	       ledger_sub_step_each(printing->ledger, place, print_sub_step, printing, err);
}

static bool print_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct printing *printing = context;
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	const struct ledger_override *override;
	CLEANUP_FREE char *row = NULL;
	bool has_attempt = status_last_attempt(printing->ledger, printing->runbook->key, step, &attempt, err);

	if (error_is_set(err))
		return false;
	if (!state_is_done(step->state) && !printing->focused)
		mark_focus(printing->view);
	printing->focused = printing->focused || !state_is_done(step->state);
	row = step_row(printing, step, has_attempt ? status_duration_ns(&attempt) : -1);
	put_row(printing->view, colour_of(step->state),
		(size_t)printing->number_width + 2 + strlen(state_name(step->state)), row);
	print_reason(printing, &attempt);
	while ((override = status_overrides_take(&printing->overrides, step->number)))
		print_override(printing, override);
	return print_sub_steps(printing, step, err);
}

static int digits_of(uint32_t number)
{
	int digits = 1;

	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

static bool print_advice(const struct command_context *context, const struct status_view *view,
			 const struct ledger_runbook *runbook, struct error *err)
{
	CLEANUP(status_outlook_release) struct status_outlook outlook = { 0 };
	CLEANUP_FREE char *text = NULL;

	if (!status_look_ahead(context, runbook, &outlook, err))
		return false;
	text = xasprintf("%s%s", outlook.advice.text, outlook.advice.commands.count ? ":" : ".");
	if (view->marks)
		view->marks->tail = view->lines->count;
	put_whole(view, "");
	put_whole(view, text);
	for (size_t i = 0; i < outlook.advice.commands.count; i++) {
		CLEANUP_FREE char *command = xasprintf("  %s", outlook.advice.commands.items[i]);

		put_whole(view, command);
	}
	return true;
}

static bool print_steps(struct printing *printing, struct error *err)
{
	const struct status_view *view = printing->view;
	const struct ledger_range range = { printing->runbook->key, view->first ? view->first : 1, view->last };
	CLEANUP_FREE char *head = NULL;

	if (is_narrow(view))
		head = xasprintf("%*s  %-11s  %s", printing->number_width, "Step", "State", "Description");
	else
		head = xasprintf("%*s  %-11s  %5s  %-11s  %s", printing->number_width, "Step", "State", "Tries",
				 "Duration", "Description");
	if (!view->troubled_only || printing->runbook->counts[STATE_IN_PROGRESS] ||
	    printing->runbook->counts[STATE_FAILED] || printing->runbook->counts[STATE_TIMED_OUT] ||
	    printing->runbook->counts[STATE_INTERRUPTED])
		put_row(view, TERMINAL_PLAIN, 0, head);
	if (view->marks)
		view->marks->body = view->marks->focus = view->lines->count;
	if (view->troubled_only)
		return ledger_step_each_troubled(printing->ledger, printing->runbook->key, print_step, printing, err);
	return ledger_step_each(printing->ledger, range, print_step, printing, err);
}

bool status_print(const struct command_context *context, const struct ledger_runbook *runbook,
		  const struct status_view *view, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	CLEANUP(printing_release)
	struct printing printing = {
		.ledger = context->ledger,
		.runbook = runbook,
		.view = view,
		.number_width =
			digits_of(runbook->step_count) < NUMBER_WIDTH ? NUMBER_WIDTH : digits_of(runbook->step_count),
	};

	/* All of them are read for all steps only: the ledger and the export have the others. */
	if (!view->troubled_only && !view->first &&
	    !status_overrides_read(context->ledger, runbook->key, &printing.overrides, err))
		return false;
	if (!ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	print_head(view, runbook, &acceptance);
	return print_steps(&printing, err) && print_advice(context, view, runbook, err);
}
