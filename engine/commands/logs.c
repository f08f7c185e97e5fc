// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "engine/commands/logs_show.h"
#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "engine/commands/verbs.h"
#include "runbook/base/clock.h"

#define NS_PER_S INT64_C(1000000000)

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "stepid",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "The step; default all of them, or with -follow the one that runs" },
	{ .name = "attempt",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "Which attempt; default the last one, or all with -grep, -errors and -since" },
	{ .name = "list", .kind = OPTION_FLAG, .value = "", .help = "List the attempts and where their logs are" },
	{ .name = "follow",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Go on showing what is written until the attempt has ended" },
	{ .name = "grep",
	  .kind = OPTION_TEXT,
	  .value = "PCRE",
	  .help = "Show only lines that this regular expression matches; (?i) at its beginning: in either case" },
	{ .name = "errors",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Show only lines that tell of a failure, and behind those of a failed attempt its cause and what to do" },
	{ .name = "since",
	  .kind = OPTION_TEXT,
	  .value = "TIME",
	  .help = "Only attempts that ran since then: 2026-11-21T08:30:00 (UTC), or 90m, 2h, 1d ago" },
	{ .name = "tail",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = INT64_MAX,
	  .help = "Look only at the last N lines of each log" },
	OPTION_END,
};

/* Which attempts are asked for. */
struct choice {
	struct logs_show show;
	int64_t since_ns;
	bool list;
};

static void choice_release(struct choice *choice)
{
	ledger_runbook_release(&choice->show.runbook);
	package_root_release(&choice->show.root);
	pattern_free(choice->show.grep);
}

/* A time, or how long ago. */
static bool read_since(const char *text, int64_t *ret, struct error *err)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = { 1, 60, 3600, 86400 };
	char unit = 0, more = 0;
	unsigned number = 0;
	const char *found;

	if (clock_parse_utc(text, ret))
		return true;
	found = sscanf(text, "%9u%c%c", &number, &unit, &more) == 2 ? strchr(units, unit) : NULL;
	if (!found)
		return error_set(err, ERROR_USAGE,
				 "-since=%s: is no time like 2026-11-21T08:30:00, nor one like 30s, 90m, 2h, 1d ago",
				 text);
	*ret = clock_wall_ns() - number * seconds[found - units] * NS_PER_S;
	return true;
}

static bool print_attempt(const struct ledger_attempt *attempt, bool is_named)
{
	char started[CLOCK_TEXT_SIZE], duration[CLOCK_TEXT_SIZE] = "-";

	clock_format_plain(attempt->started_ns, started);
	if (status_duration_ns(attempt) >= 0)
		clock_format_duration(status_duration_ns(attempt), duration);
	if (is_named)
		(void)printf("step %u, attempt ", attempt->step);
	output_line("%u  %-11s  %s  %-11s  %s", attempt->number, state_name(attempt->state), started, duration,
		    *attempt->log_path ? attempt->log_path : "(no log)");
	return true;
}

static bool take_attempt(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct choice *choice = context;

	if (attempt->ended_ns && attempt->ended_ns < choice->since_ns)
		return true;
	if (choice->list)
		return print_attempt(attempt, choice->show.is_named);
	return logs_show_attempt(&choice->show, attempt, err);
}

/* The last attempt of a step that was started here. */
static bool take_last(void *context, const struct ledger_step *step, struct error *err)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	struct choice *choice = context;
	const struct ledger_place last = { .runbook = choice->show.runbook.key, .step = step->number };

	return !step->attempt_count || (ledger_attempt_get(choice->show.context->ledger, last, &attempt, err) &&
					take_attempt(choice, &attempt, err));
}

static bool take_one(struct choice *choice, struct ledger_place place, struct error *err)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };

	return ledger_attempt_get(choice->show.context->ledger, place, &attempt, err) &&
	       take_attempt(choice, &attempt, err);
}

static bool note_place(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct ledger_place *place = context;

	(void)err;
	place->step = attempt->step;
	place->attempt = attempt->number;
	return true;
}

static bool follow_running(struct choice *choice, struct error *err)
{
	struct ledger *ledger = choice->show.context->ledger;
	const struct ledger_place all = { .runbook = choice->show.runbook.key };
	struct ledger_place running = all;

	/* It is not followed while the ledger is being read: that would keep it from being tidied up. */
	if (!ledger_attempt_each_running(ledger, all, note_place, &running, err))
		return false;
	if (running.step)
		return take_one(choice, running, err);
	if (!choice->show.context->quiet)
		(void)fprintf(stderr, "runbook: nothing of runbook %s is running\n", choice->show.runbook.id);
	return true;
}

/* `wide`: all attempts, not only the last. */
static bool take_all(struct choice *choice, uint32_t step, bool wide, struct error *err)
{
	struct ledger *ledger = choice->show.context->ledger;
	const struct ledger_place place = { .runbook = choice->show.runbook.key, .step = step };

	choice->show.is_named = true;
	if (wide)
		return ledger_attempt_each(ledger, place, take_attempt, choice, err);
	return ledger_step_each(ledger, (struct ledger_range){ choice->show.runbook.key, 1, 0 }, take_last, choice,
				err);
}

static bool show_chosen(struct choice *choice, struct error *err)
{
	const struct option_values *values = choice->show.context->options;
	const struct ledger_place place = { .runbook = choice->show.runbook.key,
					    .step = (uint32_t)option_number(values, "stepid", 0),
					    .attempt = (uint32_t)option_number(values, "attempt", 0) };
	bool wide = choice->show.grep || choice->show.errors || choice->since_ns;

	if (place.attempt && !place.step)
		return error_set(err, ERROR_USAGE, "-attempt needs -stepid=N: attempts are counted for each step");
	if (choice->list && place.step && !place.attempt) {
		CLEANUP(ledger_attempt_release) struct ledger_attempt last = { 0 };

		return ledger_attempt_get(choice->show.context->ledger, place, &last, err) &&
		       ledger_attempt_each(choice->show.context->ledger, place, take_attempt, choice, err);
	}
	if (choice->show.follow && !place.step)
		return follow_running(choice, err);
	if (!place.step || (wide && !place.attempt && !choice->show.follow))
		return take_all(choice, place.step, wide || choice->list, err);
	return take_one(choice, place, err);
}

static bool read_choice(const struct command_context *context, struct choice *ret, struct error *err)
{
	const char *grep = option_text(context->options, "grep"), *since = option_text(context->options, "since");
	CLEANUP_ERROR struct error no_package = ERROR_INIT;

	ret->show.context = context;
	ret->show.errors = option_flag(context->options, "errors", false);
	ret->show.follow = option_flag(context->options, "follow", false);
	ret->show.tail = (uint64_t)option_number(context->options, "tail", 0);
	ret->list = option_flag(context->options, "list", false);
	if (grep)
		ret->show.grep = pattern_parse(grep, PATTERN_UTF, err);
	if ((grep && !ret->show.grep) || (since && !read_since(since, &ret->since_ns, err)) ||
	    !ledger_runbook_get(context->ledger, option_text(context->options, "runbookid"), &ret->show.runbook, err))
		return false;
	/* Without its package the catalogues of the package are missing, and nothing else. */
	if (ret->show.errors)
		(void)package_root_open(ret->show.runbook.package_root, &ret->show.root, &no_package);
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(choice_release) struct choice choice = { .show = { .root = PACKAGE_ROOT_INIT } };

	if (!read_choice(context, &choice, err) || !show_chosen(&choice, err))
		return false;
	if ((choice.show.grep || choice.show.errors) && !choice.show.shown && !context->quiet)
		(void)fprintf(stderr, "runbook: no such line\n");
	return true;
}

const struct command command_logs = {
	.name = "logs",
	.summary = "Shows what steps wrote",
	.description =
		"The log of one attempt, as the script wrote it (secrets are masked); on a terminal with a line that says where it "
		"lies, and with control characters shown instead of executed.\n"
		"-grep, -errors and -since look at all attempts of all steps, or of that one; lines then say where they are "
		"from. -follow may be used from any terminal and ends with the attempt. -json writes one object per line.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
