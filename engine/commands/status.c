// SPDX-License-Identifier: MIT
#include "engine/commands/status.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "engine/terminal.h"
#include "runbook/base/alloc.h"

/* A longer runbook is shown step by step only if it was asked for by its id. */
enum { UNASKED_STEPS = 1000 };

static const struct option options[] = {
	{ .name = "runbookid",
	  .kind = OPTION_TEXT,
	  .value = "ID",
	  .help = "The runbook; without it all are listed, and the one that changed last is shown step by step" },
	{ .name = "summary",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Of the steps only those that run or failed; quick however many there are" },
	{ .name = "watch",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Show it on the whole terminal, every second anew; q leaves" },
	OPTION_END,
};

static bool show(const struct command_context *context, const char *id, bool summary, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	struct status_view view = { .troubled_only = summary };

	if (!ledger_runbook_get(context->ledger, id, &runbook, err))
		return false;
	if (output_is_terminal())
		view.columns = terminal_size(STDOUT_FILENO).columns;
	return context->json ? status_print_json(context, &runbook, summary, err)
			     : status_print(context, &runbook, &view, err);
}

/* The one of all that changed last: it runs, or did so when somebody last looked. */
struct newest {
	char *id;
	uint32_t step_count;
	int64_t changed_ns;
};

static int64_t last_change(const struct ledger_runbook *runbook)
{
	int64_t changed_ns = runbook->imported_ns;

	if (runbook->started_ns > changed_ns)
		changed_ns = runbook->started_ns;
	return runbook->ended_ns > changed_ns ? runbook->ended_ns : changed_ns;
}

static void newest_release(struct newest *newest)
{
	free(newest->id);
}

static bool note_newest(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	struct newest *newest = context;

	(void)err;
	if (newest->id && last_change(runbook) < newest->changed_ns)
		return true;
	free(newest->id);
	*newest = (struct newest){ xstrdup(runbook->id), runbook->step_count, last_change(runbook) };
	return true;
}

static bool print_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	status_print_line(runbook);
	return note_newest(context, runbook, err);
}

/* Of another user, or of another -ledger, there may be many. */
static void print_none(const struct command_context *context)
{
	output_line("No runbook was imported into the ledger %s.", ledger_path(context->ledger));
}

static bool show_all(const struct command_context *context, bool summary, struct error *err)
{
	CLEANUP(newest_release) struct newest newest = { 0 };

	if (!ledger_runbook_each(context->ledger, print_runbook, &newest, err))
		return false;
	if (!newest.id) {
		print_none(context);
		return true;
	}
	output_line("%s", "");
	return show(context, newest.id, summary || newest.step_count > UNASKED_STEPS, err);
}

/* What the members of the list share. */
struct listing {
	const struct command_context *context;
	json_t *list;
};

static bool add_runbook(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	const struct listing *listing = context;
	json_t *object = status_json_runbook(runbook);

	(void)json_array_append_new(listing->list, object);
	return status_json_add_standing(listing->context, runbook, object, err);
}

static bool show_all_json(const struct command_context *context, struct error *err)
{
	struct listing listing = { context, json_array() };

	if (!ledger_runbook_each(context->ledger, add_runbook, &listing, err)) {
		json_decref(listing.list);
		return false;
	}
	output_json(json_pack("{s:o}", "runbooks", listing.list));
	return true;
}

static bool watch(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(newest_release) struct newest newest = { 0 };

	if (!id && !ledger_runbook_each(context->ledger, note_newest, &newest, err))
		return false;
	if (id || newest.id)
		return status_watch(context, id ? id : newest.id, err);
	print_none(context);
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	const char *id = option_text(context->options, "runbookid");
	bool summary = option_flag(context->options, "summary", false);

	if (option_flag(context->options, "watch", false))
		return watch(context, id, err);
	if (id)
		return show(context, id, summary, err);
	return context->json ? show_all_json(context, err) : show_all(context, summary, err);
}

const struct command command_status = {
	.name = "status",
	.summary = "Shows how runbooks stand, and what to do next",
	.description =
		"One line a step: number, state, attempts, duration of the last one, description; below it why it ended as it did, "
		"who overrode what, when and why, and the sub-steps of one that is not done. The last lines are what to do next, as "
		"commands to copy.\n"
		"Never waits for a run that is going on. The exit code tells only whether the status could be shown.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
