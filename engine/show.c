// SPDX-License-Identifier: MIT
#include "engine/show.h"

#include <string.h>

#include "engine/console.h"
#include "engine/diagnose.h"
#include "engine/progress.h"
#include "engine/survivors.h"
#include "logs/excerpt.h"
#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"

enum { SHOWN_LINES = 10, SHOWN_LINE_BYTES = 300 };

void show_start(const struct ledger_step *step)
{
	if (progress_is_active()) {
		progress_step(step);
		return;
	}
	console_line("Executing step: %u", step->number);
	console_line("%s", step->description);
}

void show_outcome(enum step_state state)
{
	if (progress_is_active())
		progress_step_end(state);
	else
		console_line(state_is_done(state) ? "The step completed" : "The step failed");
}

void show_end(const struct run *run, const struct attempt *attempt)
{
	const struct ledger_attempt *record = &attempt->record;
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	/* The log, which was just shown, says it too. */
	if (*record->left_behind && run->request->quiet)
		console_note("step %u: %s", record->step, record->left_behind);
	if (record->state == STATE_SKIPPED) {
		excerpt_escape(record->reason, strlen(record->reason), &shown);
		console_note("step %u is skipped: %s", record->step, shown.data);
	}
	show_outcome(record->state);
}

/* `runbook execute -runbookid=ID WHAT` as it can be copied. */
static void add_command(struct strbuf *text, const char *label, const struct run *run, const char *what)
{
	strbuf_addf(text, "\n  %s runbook execute -runbookid=%s%s%s", label, run->runbook.id, what,
		    run->request->repeat_options);
}

static void add_choices(struct strbuf *text, const struct run *run, uint32_t step)
{
	CLEANUP_FREE char *rerun = xasprintf(" -rerunstep=%u", step);
	CLEANUP_FREE char *complete = xasprintf(" -setstepcomplete=%u -reason='…'", step);

	add_command(text, "run it again:     ", run, rerun);
	add_command(text, "or call it done:  ", run, complete);
}

static void add_quoted_lines(struct strbuf *text, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		strbuf_add_str(text, "\n    | ");
		strbuf_add(text, lines, length);
		lines += length + (lines[length] == '\n');
	}
}

/* What is known of the failure. */
static void add_diagnosis(struct strbuf *text, const struct run *run, const struct ledger_step *step,
			  const struct ledger_attempt *record)
{
	const struct diagnose_request request = { &run->root, step->service_model, run->request->catalogue_file };
	CLEANUP(diagnoser_release) struct diagnoser diagnoser = { 0 };
	CLEANUP(diagnosis_release) struct diagnosis diagnosis = { 0 };
	CLEANUP_STRBUF struct strbuf lines = STRBUF_INIT;

	diagnoser_open(&diagnoser, &request);
	diagnose_attempt(&diagnoser, record, &diagnosis);
	diagnose_format(&diagnoser, &diagnosis, "  ", &lines);
	if (lines.length)
		strbuf_addf(text, "\n%s", lines.data);
}

static void add_log(struct strbuf *text, const struct ledger_attempt *record)
{
	CLEANUP_STRBUF struct strbuf lines = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;

	if (!*record->log_path)
		return;
	if (!excerpt_last_lines(record->log_path, SHOWN_LINES, SHOWN_LINE_BYTES, &lines, &unreadable))
		strbuf_add_str(&lines, unreadable.message);
	strbuf_addf(text, lines.length ? "\n  the last lines of its output:" : "\n  it wrote nothing");
	add_quoted_lines(text, lines.data);
	strbuf_addf(text, "\n  log: %s", record->log_path);
}

/* The last attempt, if there was one: a step can have failed by an imported state alone. */
static bool get_last_attempt(struct run *run, const struct ledger_step *step, struct ledger_attempt *ret)
{
	CLEANUP_ERROR struct error none = ERROR_INIT;
	const struct ledger_place last = { .runbook = run->runbook.key, .step = step->number };

	return step->attempt_count && ledger_attempt_get(run->ledger, last, ret, &none);
}

bool show_stop_failed(struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt record = { 0 };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "step %u of %s failed", step->number, run->runbook.id);
	if (get_last_attempt(run, step, &record)) {
		strbuf_addf(&text, ": %s (attempt %u)\n  %s", record.reason, record.number, step->description);
		add_diagnosis(&text, run, step, &record);
		add_log(&text, &record);
	}
	add_choices(&text, run, step->number);
	return error_set(err, ERROR_STEP_FAILED, "%s", text.data);
}

/* It may still be at work: then there is something to do before anybody decides. */
static void add_survivors(struct strbuf *text, const struct run *run, const struct ledger_attempt *record)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;

	survivors_find(record->folder, &tree);
	if (!tree.count)
		return;
	strbuf_add_str(text, "\n  still running: ");
	process_tree_describe(&tree, PROCESS_ALL, text);
	strbuf_addf(text, "\n  wait for its end, or end it: runbook stop -runbookid=%s -now%s", run->runbook.id,
		    run->request->repeat_options);
}

bool show_stop_unknown(struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt record = { 0 };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "how step %u of %s ended cannot be known", step->number, run->runbook.id);
	if (get_last_attempt(run, step, &record)) {
		strbuf_addf(&text, ": %s (attempt %u)\n  %s\n  script: %s/Scripts/%s", record.reason, record.number,
			    step->description, step->service_model, step->file_name);
		add_log(&text, &record);
		add_survivors(&text, run, &record);
	}
	strbuf_add_str(&text, "\n  find out what it has done, then decide:");
	add_choices(&text, run, step->number);
	return error_set(err, ERROR_UNKNOWN, "%s", text.data);
}

bool show_stop_manual(struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP_FREE char *complete = xasprintf(" -setstepcomplete=%u -reason='…'", step->number);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (*step->instruction)
		console_line("%s", step->instruction);
	strbuf_addf(&text, "step %u of %s waits for somebody: %s", step->number, run->runbook.id,
		    *step->instruction ? step->instruction : step->description);
	add_command(&text, "when it is done:", run, complete);
	return error_set(err, ERROR_WAITING, "%s", text.data);
}

bool show_stop_machine(struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	console_line("The step is not applicable for current machine, please execute it on machine: %s", step->machine);
	strbuf_addf(
		&text,
		"step %u of %s is for machine %s (this one is %s)\n"
		"  take the runbook there: runbook export -runbookid=%s -runbookfile=FILE%s, then import and execute it on %s",
		step->number, run->runbook.id, step->machine, run->request->machine, run->runbook.id,
		run->request->repeat_options, step->machine);
	add_command(&text, "if it is done there already:", run, " -setstepcomplete=N -reason='…'");
	return error_set(err, ERROR_WAITING, "%s", text.data);
}

bool show_stop_restart(struct run *run, uint32_t step, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "step %u of %s asked for a restart of this machine, which has not happened yet", step,
		    run->runbook.id);
	add_command(&text, "restart it, then:", run, "");
	return error_set(err, ERROR_WAITING, "%s", text.data);
}
