// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "runbook/base/clock.h"

/* What the lines of steps share. */
struct printing {
	struct ledger *ledger;
	const struct ledger_runbook *runbook;
	struct status_overrides overrides;
	int number_width;
};

static void printing_release(struct printing *printing)
{
	status_overrides_release(&printing->overrides);
}

static const char *colour_of(enum step_state state)
{
	switch (state) {
	case STATE_COMPLETED:
		return output_colour(COLOUR_GOOD);
	case STATE_FAILED:
	case STATE_TIMED_OUT:
	case STATE_INTERRUPTED:
		return output_colour(COLOUR_BAD);
	case STATE_IN_PROGRESS:
	case STATE_SKIPPED:
		return output_colour(COLOUR_WARN);
	default:
		return "";
	}
}

static void print_time(const char *label, int64_t wall_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!wall_ns)
		return;
	clock_format_plain(wall_ns, text);
	output_line("%-10s%s", label, text);
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

static void print_head(const struct ledger_runbook *runbook, const struct ledger_acceptance *acceptance)
{
	CLEANUP_STRBUF struct strbuf counts = STRBUF_INIT;

	add_counts(runbook, &counts);
	output_line("%-10s%s", "Runbook", runbook->id);
	output_line("%-10s%s (%s)", "Package", runbook->package_root, runbook->package_type);
	print_time("Imported", runbook->imported_ns);
	print_time("Started", runbook->started_ns);
	print_time(is_done(runbook) ? "Ended" : "Changed", runbook->ended_ns);
	status_print_acceptance(acceptance);
	output_line("%-10s%u: %s\n", "Steps", runbook->step_count, counts.data);
}

static void print_override(const struct printing *printing, const struct ledger_override *override)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(override->time_ns, time);
	output_line("%*s  %s by %s, %s%s%s", printing->number_width, "", override_kind_name(override->kind),
		    override->user, time, *override->reason ? ": " : "", override->reason);
}

/* Below a step that did not simply succeed: why it ended so. */
static void print_reason(const struct printing *printing, const struct ledger_attempt *attempt)
{
	if (attempt->reason && *attempt->reason)
		output_line("%*s  %s", printing->number_width, "", attempt->reason);
}

static bool print_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct printing *printing = context;
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	const struct ledger_override *override;
	const char *colour = colour_of(step->state);
	char duration[CLOCK_TEXT_SIZE] = "-";

	if (status_last_attempt(printing->ledger, printing->runbook->key, step, &attempt, err) &&
	    status_duration_ns(&attempt) >= 0)
		clock_format_duration(status_duration_ns(&attempt), duration);
	if (error_is_set(err))
		return false;
	/* The colour goes around the escaping, which would show it instead. */
	(void)fputs(colour, stdout);
	(void)printf("%*u  %-11s", printing->number_width, step->number, state_name(step->state));
	(void)fputs(*colour ? output_colour(COLOUR_NONE) : "", stdout);
	output_line("  %5u  %-11s  %s", step->attempt_count, duration, step->description);
	print_reason(printing, &attempt);
	while ((override = status_overrides_take(&printing->overrides, step->number)))
		print_override(printing, override);
	return true;
}

static int digits_of(uint32_t number)
{
	int digits = 1;

	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

static bool print_advice(const struct command_context *context, const struct ledger_runbook *runbook, struct error *err)
{
	CLEANUP(status_outlook_release) struct status_outlook outlook = { 0 };

	if (!status_look_ahead(context, runbook, &outlook, err))
		return false;
	output_line("\n%s%s", outlook.advice.text, outlook.advice.commands.count ? ":" : ".");
	for (size_t i = 0; i < outlook.advice.commands.count; i++)
		output_line("  %s", outlook.advice.commands.items[i]);
	return true;
}

bool status_print(const struct command_context *context, const struct ledger_runbook *runbook, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	CLEANUP(printing_release)
	struct printing printing = {
		.ledger = context->ledger,
		.runbook = runbook,
		.number_width = digits_of(runbook->step_count) < 4 ? 4 : digits_of(runbook->step_count),
	};

	if (!status_overrides_read(context->ledger, runbook->key, &printing.overrides, err) ||
	    !ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	print_head(runbook, &acceptance);
	output_line("%*s  %-11s  %5s  %-11s  %s", printing.number_width, "Step", "State", "Tries", "Duration",
		    "Description");
	return ledger_step_each(context->ledger, (struct ledger_range){ runbook->key, 1, 0 }, print_step, &printing,
				err) &&
	       print_advice(context, runbook, err);
}
