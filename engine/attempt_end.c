// SPDX-License-Identifier: MIT
/* How an attempt ended: what outcome and result say, and what of it goes into the ledger. */
#include <signal.h>
#include <string.h>

#include "engine/attempt.h"
#include "engine/diagnose.h"
#include "engine/override.h"
#include "engine/stop.h"
#include "engine/supervisor/outcome.h"
#include "engine/survivors.h"
#include "logs/excerpt.h"
#include "logs/log_file.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* How much of a failing log is kept in the ledger. */
enum { EXCERPT_LINES = 10, EXCERPT_LINE_BYTES = 300, STOP_LIMIT_BYTES = 4096 };

/* So many restarts in a row are a loop; then somebody has to decide. */
enum { RESTART_LIMIT = 5 };

static void set_end(struct ledger_attempt *record, enum step_state state, char *reason)
{
	record->state = state;
	free(record->reason);
	record->reason = reason;
}

/* What the step handed over, before its end is judged. An unreadable result is its failure, if it did not fail already. */
static bool take_result(struct attempt *attempt, char **ret_trouble)
{
	static const char *const words[] = { "", "next", "same" };
	CLEANUP_FREE char *path = fs_join(attempt->record.folder, ATTEMPT_RESULT);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!result_read(path, &attempt->result, &err)) {
		*ret_trouble = TAKE(err.message);
		return false;
	}
	free(attempt->record.restart);
	attempt->record.restart = xstrdup(words[attempt->result.reboot]);
	return true;
}

static bool is_restart_asked(const struct attempt *attempt)
{
	return attempt->result.reboot != RESULT_REBOOT_NONE;
}

/* A restart was asked for: the step is done, or comes again behind it. */
static void judge_restart(struct attempt *attempt)
{
	if (attempt->result.reboot == RESULT_REBOOT_NEXT)
		set_end(&attempt->record, STATE_COMPLETED, xstrdup("asked for a restart of the machine"));
	else
		set_end(&attempt->record, STATE_INTERRUPTED,
			xstrdup("asked for a restart of the machine and to be run again"));
}

static void judge_success(struct attempt *attempt)
{
	CLEANUP_FREE char *trouble = NULL;

	if (!take_result(attempt, &trouble))
		set_end(&attempt->record, STATE_FAILED, TAKE(trouble));
	else if (is_restart_asked(attempt))
		judge_restart(attempt);
	else if (attempt->result.skip)
		set_end(&attempt->record, STATE_SKIPPED, xstrdup(attempt->result.skip));
	else
		set_end(&attempt->record, STATE_COMPLETED, xstrdup(""));
}

/* The machine goes down for the restart that the step asked for, and takes it along. */
static bool is_shut_down(struct attempt *attempt, int number)
{
	CLEANUP_FREE char *trouble = NULL;

	return (number == SIGTERM || number == SIGKILL || number == SIGHUP) && take_result(attempt, &trouble) &&
	       is_restart_asked(attempt);
}

static char *stop_reason(const char *attempt_folder)
{
	CLEANUP_FREE char *path = fs_join(attempt_folder, ATTEMPT_STOP);
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!fs_read_file(path, STOP_LIMIT_BYTES, &text, &unreadable))
		return xstrdup(STOPPED_BY "somebody");
	strbuf_trim(&text);
	return xasprintf(STOPPED_BY "%s", text.data);
}

static void judge(struct attempt *attempt, const struct outcome *outcome)
{
	struct ledger_attempt *record = &attempt->record;

	if (outcome->not_started)
		set_end(record, STATE_FAILED, xasprintf("could not be started: %s", outcome->not_started));
	else if (outcome->stopped)
		set_end(record, STATE_FAILED, stop_reason(record->folder));
	else if (outcome->timed_out)
		set_end(record, STATE_TIMED_OUT,
			xasprintf("ran longer than its %u minutes", attempt->step.timeout_min));
	else if (outcome->signal && is_shut_down(attempt, outcome->signal))
		judge_restart(attempt);
	else if (outcome->oom_killed)
		set_end(record, STATE_FAILED,
			xstrdup("killed by the kernel's OOM killer: the machine had no memory left for it"));
	else if (outcome->signal)
		set_end(record, STATE_FAILED,
			xasprintf("ended by signal %d (%s)", outcome->signal, sigabbrev_np(outcome->signal)));
	else if (outcome->exit_code != 0)
		set_end(record, STATE_FAILED, xasprintf("exit code %d", outcome->exit_code));
	else
		judge_success(attempt);
}

static void take_outcome(struct attempt *attempt, struct outcome *outcome)
{
	struct ledger_attempt *record = &attempt->record;

	judge(attempt, outcome);
	record->ended_ns = outcome->ended_ns;
	record->duration_ns = outcome->duration_ns;
	record->exit_code = outcome->exit_code;
	record->signal = outcome->signal;
	record->cpu_us = outcome->cpu_us;
	record->peak_memory_kb = outcome->peak_memory_kb;
	free(record->left_behind);
	record->left_behind = outcome->left_behind ? TAKE(outcome->left_behind) : xstrdup("");
}

static void note_survivors(struct ledger_attempt *record)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	survivors_find(record->folder, &tree);
	if (!tree.count)
		return;
	strbuf_add_str(&text, "lives on without its supervisor: ");
	process_tree_describe(&tree, PROCESS_ALL, &text);
	free(record->left_behind);
	record->left_behind = strbuf_detach(&text);
}

/* No outcome: the supervisor died. Only the restart that the step asked for explains it. */
static void judge_lost(const struct run *run, struct attempt *attempt)
{
	CLEANUP_FREE char *trouble = NULL;

	if (strcmp(attempt->record.boot_id, run->boot_id) == 0)
		set_end(&attempt->record, STATE_INTERRUPTED, xstrdup("its supervisor was killed while it ran"));
	else if (take_result(attempt, &trouble) && is_restart_asked(attempt))
		judge_restart(attempt);
	else
		set_end(&attempt->record, STATE_INTERRUPTED, xstrdup("the machine restarted while it ran"));
}

static bool find_outcome(const struct attempt *attempt, struct outcome *ret, bool *ret_found, struct error *err)
{
	*ret_found = true;
	if (attempt->outcome.length)
		return outcome_parse(attempt->outcome.data, ret, err);
	log_file_sync(attempt->record.log_path);
	return outcome_read(attempt->record.folder, ret, ret_found, err);
}

bool attempt_read_end(struct run *run, struct attempt *attempt, struct error *err)
{
	CLEANUP(outcome_release) struct outcome outcome = OUTCOME_INIT;
	bool found;

	if (!find_outcome(attempt, &outcome, &found, err)) {
		if (err->code != ERROR_UNKNOWN)
			return false;
		set_end(&attempt->record, STATE_INTERRUPTED, xstrdup(err->message));
		error_release(err);
		return true;
	}
	if (found)
		take_outcome(attempt, &outcome);
	else
		judge_lost(run, attempt);
	if (!found)
		note_survivors(&attempt->record);
	return true;
}

static bool record_failing_lines(struct run *run, const struct attempt *attempt, struct error *err)
{
	const struct diagnose_request request = { &run->root, attempt->step.service_model,
						  run->request->catalogue_file };
	CLEANUP(diagnoser_release) struct diagnoser diagnoser = { 0 };
	CLEANUP(diagnosis_release) struct diagnosis diagnosis = { 0 };
	CLEANUP_STRBUF struct strbuf lines = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;

	if (state_is_done(attempt->record.state) || !*attempt->record.log_path)
		return true;
	diagnoser_open(&diagnoser, &request);
	diagnose_attempt(&diagnoser, &attempt->record, &diagnosis);
	diagnose_format(&diagnoser, &diagnosis, "", &lines);
	if (lines.length)
		strbuf_add_str(&lines, "\nthe last lines:\n");
	if (!excerpt_last_lines(attempt->record.log_path, EXCERPT_LINES, EXCERPT_LINE_BYTES, &lines, &unreadable))
		strbuf_add_str(&lines, unreadable.message);
	return ledger_log_add(run->ledger, run->runbook.key, &attempt->record, lines.data, err);
}

/* Counts the attempts that asked for a restart, since the last that did not. */
static bool count_restarts(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	unsigned *count = context;

	(void)err;
	*count = strcmp(attempt->restart, "same") == 0 ? *count + 1 : 0;
	return true;
}

/* `reboot=same`: the step is asked for again by itself, but not for ever. */
static bool record_run_again(struct run *run, const struct attempt *attempt, struct error *err)
{
	const struct ledger_place place = { .runbook = run->runbook.key, .step = attempt->record.step };
	unsigned count = 0;

	if (!ledger_attempt_each(run->ledger, place, count_restarts, &count, err))
		return false;
	if (count >= RESTART_LIMIT)
		return true;
	return override_add(run, &attempt->step, OVERRIDE_RERUN, "it asked for a restart and to be run again", err);
}

bool attempt_record_end(struct run *run, const struct attempt *attempt, struct error *err)
{
	const struct result *result = &attempt->result;
	const struct ledger_attempt *record = &attempt->record;
	const struct ledger_place place = { run->runbook.key, record->step, record->number };

	if (!ledger_attempt_end(run->ledger, run->runbook.key, record, err))
		return false;
	for (size_t i = 0; i < result->output_names.count; i++)
		if (!ledger_output_add(run->ledger, place, result->output_names.items[i],
				       result->output_values.items[i], err))
			return false;
	if (result->reboot == RESULT_REBOOT_SAME && record->state == STATE_INTERRUPTED)
		return record_run_again(run, attempt, err);
	return record_failing_lines(run, attempt, err);
}
