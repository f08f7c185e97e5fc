// SPDX-License-Identifier: MIT
#include "engine/run.h"

#include <string.h>

#include "engine/acceptance.h"
#include "engine/ahead.h"
#include "engine/built_in.h"
#include "engine/claim.h"
#include "engine/console.h"
#include "engine/decide.h"
#include "engine/environment.h"
#include "engine/override.h"
#include "engine/package/trusted_archive.h"
#include "engine/preflight.h"
#include "engine/progress.h"
#include "engine/recover.h"
#include "engine/report/bundle.h"
#include "engine/show.h"
#include "engine/stop.h"
#include "engine/supervisor/cgroup.h"
#include "engine/survivors.h"
#include "engine/version_check.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/names.h"

/* How often a pause between two attempts looks whether the run is to stop. */
enum { PAUSE_LOOK_MS = 500 };

void run_request_init(struct run_request *request)
{
	*request = (struct run_request){ .retry_pause_ms = 5000,
					 .grace_ms = 10000,
					 .log_cap_bytes = UINT64_C(1) << 30,
					 .notify_timeout_ms = 10000,
					 .user = "unknown",
					 .repeat_options = "" };
}

void run_release(struct run *run)
{
	nursery_release(&run->nursery);
	ledger_runbook_release(&run->runbook);
	ledger_acceptance_release(&run->acceptance);
	package_root_release(&run->root);
	file_guard_release(&run->guard);
	drift_release(&run->drift);
	strv_release(&run->environment);
	ahead_free(run->ahead);
	hold_release(&run->hold);
	signals_release(&run->signals);
}

/* That of the import was judged when it was imported. */
static bool judge_other_root(const struct run *run, struct error *err)
{
	const struct trust trust = { .required = run->request->require_signature };

	return strcmp(run->root.path, run->runbook.package_root) == 0 ||
	       trusted_root_judge(run->root.path, NULL, &trust, err);
}

bool run_open(struct ledger *ledger, const struct run_request *request, struct run *ret, struct error *err)
{
	const char *root;

	ret->ledger = ledger;
	ret->request = request;
	clock_boot_id(ret->boot_id);
	environment_base(&ret->environment);
	if (!ledger_runbook_get(ledger, request->runbook_id, &ret->runbook, err) ||
	    !ledger_acceptance_get(ledger, ret->runbook.key, &ret->acceptance, err))
		return false;
	if (!ret->runbook.step_count)
		return error_set(err, ERROR_REFUSED, "runbook %s has no steps: nothing would be updated",
				 ret->runbook.id);
	root = request->package_path ? request->package_path : ret->runbook.package_root;
	if (package_root_open(root, &ret->root, err))
		return judge_other_root(ret, err);
	if (access(root, F_OK) < 0)
		(void)error_add_line(err, "  if it was moved: runbook execute -runbookid=%s -packagepath=DIR%s",
				     ret->runbook.id, request->package_path ? "" : request->repeat_options);
	return false;
}

/* ---- One turn -------------------------------------------------------------------------------------------- */

/* What the loop carries from one turn to the next: the attempt whose end is not in the ledger yet, then the one that was started. */
struct turn {
	struct attempt ended;
	bool has_ended;
	struct attempt started;
	enum decision decision;
	struct ledger_step step; /* that the decision is about */
	uint32_t restart;        /* the step that asked for a restart which has not happened; 0: none */
	enum step_state built_in_state;
	char *said; /* by a built-in step */
};

#define TURN_INIT                                              \
	{                                                      \
		.ended = ATTEMPT_INIT, .started = ATTEMPT_INIT \
	}

static void turn_release(struct turn *turn)
{
	attempt_release(&turn->ended);
	attempt_release(&turn->started);
	ledger_step_release(&turn->step);
	free(turn->said);
}

static bool is_stop_asked(struct run *run)
{
	CLEANUP_STRBUF struct strbuf who = STRBUF_INIT;

	(void)signals_take(&run->signals);
	return signals_number(&run->signals) || stop_is_asked(ledger_path(run->ledger), run->runbook.id, &who);
}

/* Whether a step of the package is about to run whose files nobody has looked at. That takes its time, and is done between two transactions. */
static bool is_check_due(const struct run *run, const struct turn *turn)
{
	bool runs = turn->decision == DECIDE_RUN || turn->decision == DECIDE_RETRY || turn->decision == DECIDE_BUILT_IN;

	return runs && file_guard_is_due(&run->guard, &turn->step);
}

static bool choose_step(struct run *run, struct turn *turn, struct error *err)
{
	uint32_t number = run->request->only;
	bool found;

	if (!number && !ledger_step_next(run->ledger, run->runbook.key, &number, err))
		return false;
	found = number != 0;
	ledger_step_release(&turn->step);
	turn->step = (struct ledger_step){ 0 };
	if (found && !ledger_step_get(run->ledger, run->runbook.key, number, &turn->step, err))
		return false;
	turn->decision = decide(found ? &turn->step : NULL, run->request);
	if (!decision_goes_on(turn->decision))
		return true;
	if (!ledger_restart_pending(run->ledger, run->runbook.key, run->boot_id, &turn->restart, err))
		return false;
	if (turn->restart)
		turn->decision = DECIDE_WAIT_RESTART;
	else if (is_stop_asked(run))
		turn->decision = DECIDE_STOP_ASKED;
	else if (is_check_due(run, turn))
		turn->decision = DECIDE_CHECK_FILES;
	return true;
}

/* What was begun ahead of the decision. */
static bool has_begun(const struct turn *turn)
{
	return turn->started.notices >= 0 && turn->started.step.number == turn->step.number;
}

static bool start_attempt(struct run *run, struct turn *turn, struct error *err)
{
	if (!override_note_unmasked(run, &turn->step, err))
		return false;
	if (has_begun(turn))
		return ledger_attempt_start(run->ledger, run->runbook.key, &turn->started.record, err);
	ahead_forget(run);
	return attempt_prepare(run, &turn->step, &turn->started, err) &&
	       ledger_attempt_start(run->ledger, run->runbook.key, &turn->started.record, err);
}

/* Within the transaction: everything about the next step that can be recorded at once. */
static bool act_on_decision(struct run *run, struct turn *turn, struct error *err)
{
	switch (turn->decision) {
	case DECIDE_RUN:
		return start_attempt(run, turn, err);
	case DECIDE_BUILT_IN:
		return built_in_execute(run, &turn->step, &turn->built_in_state, &turn->said, err);
	case DECIDE_SKIP_BACKUP:
		return override_add(run, &turn->step, OVERRIDE_SKIP, "-backup=false", err);
	case DECIDE_RESUME:
		return survivors_refuse(run, &turn->step, err) &&
		       override_add(run, &turn->step, OVERRIDE_RERUN, "-autoresume", err);
	default:
		return true;
	}
}

/*
 * One transaction: the end of the last attempt, and the start of the next. If the next cannot be prepared, the end is recorded all the
 * same and *ret_trouble says what is wrong. If *ret_kept is false, the end is not what it was said to be, and nothing is recorded.
 */
static bool try_to_commit(struct run *run, struct turn *turn, bool *ret_kept, struct error *ret_trouble,
			  struct error *err)
{
	bool fine = ledger_begin(run->ledger, err) &&
		    (!turn->has_ended || attempt_record_end(run, &turn->ended, err)) && choose_step(run, turn, err);

	*ret_kept = true;
	if (fine && (turn->decision != DECIDE_RUN || !has_begun(turn)))
		attempt_withdraw(&turn->started);
	if (fine)
		(void)act_on_decision(run, turn, ret_trouble);
	if (fine && attempt_await_end(&turn->ended, ret_kept, err) && *ret_kept && ledger_commit(run->ledger, err))
		return true;
	ledger_rollback(run->ledger);
	return fine && !*ret_kept;
}

/* What was begun on the word of a supervisor that was killed before it could keep it. */
static void forget_next(struct turn *turn, struct error *trouble)
{
	attempt_withdraw(&turn->started);
	free(turn->said);
	turn->said = NULL;
	error_release(trouble);
}

static bool commit_turn(struct run *run, struct turn *turn, struct error *ret_trouble, struct error *err)
{
	bool kept;

	/* The ledger has work for as long as the supervisor. */
	if (turn->has_ended && turn->ended.record.state == STATE_COMPLETED)
		ahead_begin(run, &turn->started);
	while (try_to_commit(run, turn, &kept, ret_trouble, err)) {
		if (kept)
			return true;
		forget_next(turn, ret_trouble);
		if (!attempt_read_end(run, &turn->ended, err))
			return false;
	}
	return false;
}

/* Of a step that has no attempt in this turn. */
static void tell_end(struct run *run, const struct turn *turn, enum step_state state, const char *why)
{
	const struct ledger_attempt none = {
		.state = state, .reason = (char *)why, .log_path = (char *)"", .duration_ns = -1, .exit_code = -1
	};

	events_step_ended(run, &turn->step, &none);
}

static void show_built_in(struct run *run, struct turn *turn)
{
	CLEANUP_FREE char *said = TAKE(turn->said);

	events_step_started(run, &turn->step, 0);
	tell_end(run, turn, turn->built_in_state, said);
	show_start(&turn->step);
	if (!progress_is_active())
		console_line("%s", said);
	show_outcome(turn->built_in_state);
}

static void show_skipped(struct run *run, const struct turn *turn, const char *why)
{
	tell_end(run, turn, STATE_SKIPPED, why);
	show_start(&turn->step);
	console_note("step %u is skipped: %s", turn->step.number, why);
	show_outcome(STATE_SKIPPED);
}

static bool pause_unless_asked(struct run *run, int64_t pause_ms)
{
	for (; pause_ms > 0; pause_ms -= PAUSE_LOOK_MS)
		if (!signals_pause(&run->signals, pause_ms < PAUSE_LOOK_MS ? pause_ms : PAUSE_LOOK_MS) ||
		    is_stop_asked(run))
			return false;
	return true;
}

static bool pause_before_retry(struct run *run, const struct ledger_step *step)
{
	int64_t pause_ms = decide_pause_ms(run->request, step->retry_count + 1 - step->tries_left);
	char text[CLOCK_TEXT_SIZE];

	clock_format_duration(pause_ms * 1000000, text);
	console_note("step %u failed; attempts left: %u, the next in %s", step->number, step->tries_left, text);
	return pause_unless_asked(run, pause_ms);
}

static bool run_attempt(struct run *run, struct attempt *attempt, struct error *err)
{
	return attempt_execute(run, attempt, err) && attempt_read_end(run, attempt, err);
}

/* The end of an attempt belongs to the next turn's transaction; the log of the one before is durable long since, or it is now. */
static void carry_over(struct turn *turn)
{
	attempt_await_log(&turn->ended);
	attempt_release(&turn->ended);
	turn->ended = turn->started;
	turn->started = (struct attempt)ATTEMPT_INIT;
	turn->has_ended = true;
}

/* Why a run stopped that could have gone on: a signal, or the verb stop. */
static bool stop_as_asked(struct run *run, struct error *err)
{
	CLEANUP_STRBUF struct strbuf who = STRBUF_INIT;
	int number = signals_number(&run->signals);

	if (!number && stop_is_asked(ledger_path(run->ledger), run->runbook.id, &who))
		return error_set(err, ERROR_WAITING, "stopped by %s\n  go on: runbook execute -runbookid=%s%s",
				 who.data, run->runbook.id, run->request->repeat_options);

	return error_set(err, (enum error_code)(ERROR_SIGNAL + number),
			 "stopped at signal %d (%s)\n  go on: runbook execute -runbookid=%s%s", number,
			 sigabbrev_np(number), run->runbook.id, run->request->repeat_options);
}

static bool retry_attempt(struct run *run, struct turn *turn, struct error *err)
{
	if (!pause_before_retry(run, &turn->step))
		return stop_as_asked(run, err);
	if (run->guard.list && !file_guard_check(run, &turn->step, err))
		return false;
	if (!ledger_begin(run->ledger, err))
		return false;
	if (!start_attempt(run, turn, err) || !ledger_commit(run->ledger, err)) {
		ledger_rollback(run->ledger);
		return false;
	}
	attempt_allow(&turn->started);
	return true;
}

static bool go_on_with_attempt(struct run *run, struct turn *turn, struct error *err)
{
	show_start(&turn->started.step);
	events_step_started(run, &turn->started.step, turn->started.record.number);
	if (!run_attempt(run, &turn->started, err))
		return false;
	carry_over(turn);
	return true;
}

static bool finish_run(struct run *run, struct error *err)
{
	uint32_t next;

	if (!ledger_step_next(run->ledger, run->runbook.key, &next, err))
		return false;
	if (!next)
		console_note("runbook %s is complete: all %u steps are done", run->runbook.id, run->runbook.step_count);
	else
		console_note("runbook %s: the steps asked for are done; next is step %u", run->runbook.id, next);
	return true;
}

/* Does what was decided once it is recorded; *ret_again says whether there is a further turn. */
static bool carry_out(struct run *run, struct turn *turn, bool *ret_again, struct error *err)
{
	*ret_again = true;
	events_decided(run, turn->decision, &turn->step);
	switch (turn->decision) {
	case DECIDE_RUN:
		return go_on_with_attempt(run, turn, err);
	case DECIDE_RETRY:
		return retry_attempt(run, turn, err) && go_on_with_attempt(run, turn, err);
	case DECIDE_BUILT_IN:
		show_built_in(run, turn);
		return true;
	case DECIDE_SKIP_BACKUP:
		show_skipped(run, turn, "-backup=false");
		return true;
	case DECIDE_RESUME:
		console_note("step %u was interrupted and is run again: -autoresume", turn->step.number);
		return true;
	case DECIDE_CHECK_FILES:
		return file_guard_check(run, &turn->step, err);
	case DECIDE_FINISH:
		*ret_again = false;
		return finish_run(run, err);
	case DECIDE_STOP_ASKED:
		return stop_as_asked(run, err);
	case DECIDE_STOP_FAILED:
		return show_stop_failed(run, &turn->step, err);
	case DECIDE_WAIT_MANUAL:
		show_start(&turn->step);
		return show_stop_manual(run, &turn->step, err);
	case DECIDE_WAIT_RESTART:
		return show_stop_restart(run, turn->restart, err);
	case DECIDE_WAIT_MACHINE:
		show_start(&turn->step);
		return show_stop_machine(run, &turn->step, err);
	default:
		return show_stop_unknown(run, &turn->step, err);
	}
}

static bool take_turn(struct run *run, struct turn *turn, bool *ret_again, struct error *err)
{
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	if (!commit_turn(run, turn, &trouble, err))
		return false;
	/* First of all: the script runs while we tell what was before it. */
	if (!error_is_set(&trouble))
		attempt_allow(&turn->started);
	if (!has_begun(turn))
		attempt_await_log(&turn->ended);
	if (turn->has_ended) {
		show_end(run, &turn->ended);
		events_step_ended(run, &turn->ended.step, &turn->ended.record);
	}
	turn->has_ended = false;
	if (error_is_set(&trouble)) {
		*err = trouble;
		trouble = (struct error)ERROR_INIT;
		return false;
	}
	return carry_out(run, turn, ret_again, err);
}

static bool walk(struct run *run, struct attempt *again, struct error *err)
{
	CLEANUP(turn_release) struct turn turn = TURN_INIT;
	bool more = true;

	if (again) {
		turn.started = *again;
		*again = (struct attempt)ATTEMPT_INIT;
		attempt_allow(&turn.started);
		if (!go_on_with_attempt(run, &turn, err))
			return false;
	}
	while (more)
		if (!take_turn(run, &turn, &more, err))
			return false;
	return true;
}

/* ---- The whole ------------------------------------------------------------------------------------------- */

static bool prepare_again(struct run *run, struct attempt *again, struct error *err)
{
	CLEANUP_ATTEMPT struct attempt ready = ATTEMPT_INIT;

	console_note("step %u was about to start when the last run ended; starting it", again->record.step);
	if (file_guard_is_due(&run->guard, &again->step) && !file_guard_check(run, &again->step, err))
		return false;
	if (!attempt_prepare_again(run, &again->step, &again->record, &ready, err))
		return false;
	attempt_release(again);
	*again = ready;
	ready = (struct attempt)ATTEMPT_INIT;
	events_recovered(run, &again->step, EVENTS_STARTED_AGAIN);
	return true;
}

static bool recover_and_walk(struct run *run, struct error *err)
{
	CLEANUP_ATTEMPT struct attempt again = ATTEMPT_INIT;
	bool found, abandoned;

	if (!recover_attempts(run, &again, &found, err) || !version_check(run, err) ||
	    !override_apply(run, found ? &again : NULL, &abandoned, err))
		return false;
	if (!preflight_check(run, err) || !file_guard_open(run, err))
		return false;
	found = found && !abandoned;
	if (found && !prepare_again(run, &again, err))
		return false;
	return walk(run, found ? &again : NULL, err);
}

static bool check_reason(const struct run_request *request, struct error *err)
{
	if ((!request->accept_change && !request->without_mask) || (request->reason && *request->reason))
		return true;
	return error_set(err, ERROR_USAGE, "-%s needs a -reason='…': it is recorded",
			 request->accept_change ? "acceptchange" : "nomask");
}

/* The other ways in which a run stops tell by themselves with which command it goes on. */
static bool tell_how_to_go_on(const struct run *run, struct error *err)
{
	const char *id = run->runbook.id, *repeat = run->request->repeat_options;

	if (run->signals.leave && err->code == (enum error_code)(ERROR_SIGNAL + run->signals.leave))
		(void)error_add_line(err, "  look at it: runbook attach -runbookid=%s%s", id, repeat);
	else if (err->code != ERROR_SYSTEM)
		return false;
	return error_add_line(err, "  go on:      runbook execute -runbookid=%s%s", id, repeat);
}

bool run_execute(struct ledger *ledger, const struct run_request *request, struct error *err)
{
	CLEANUP(run_release) struct run run = RUN_INIT;
	bool done;

	if (!check_reason(request, err) || !signals_open(&run.signals, err) || !run_open(ledger, request, &run, err) ||
	    !claim_run(&run, err) || !acceptance_check(&run, err) ||
	    !work_folder_make_run(run.root.path, run.runbook.id, err))
		return false;
	if (request->without_mask)
		mask_turn_off();
	mask_prepare();
	cgroup_remove_leftovers();
	stop_forget(ledger_path(ledger), run.runbook.id);
	if (request->json)
		console_give_away_output();
	console_line("Start executing runbook : %s", run.runbook.id);
	events_open(&run);
	if (!request->quiet)
		progress_begin(ledger, run.runbook.key);
	done = recover_and_walk(&run, err);
	progress_end();
	events_close(&run, err);
	if (!done)
		(void)tell_how_to_go_on(&run, err);
	if (err->code == ERROR_STEP_FAILED && request->bundle_folder)
		bundle_write_to_folder(ledger, run.runbook.id, request->bundle_folder);
	return done;
}
