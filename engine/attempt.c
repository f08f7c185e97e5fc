// SPDX-License-Identifier: MIT
#include "engine/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/ahead.h"
#include "engine/detach.h"
#include "engine/environment.h"
#include "engine/follow.h"
#include "engine/interpreter.h"
#include "engine/settle.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/names.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_MINUTE (INT64_C(60000) * NS_PER_MS)

static void close_descriptors(struct attempt *attempt)
{
	if (attempt->lock >= 0)
		(void)close(attempt->lock);
	attempt->lock = -1;
	log_file_release(&attempt->log);
}

static void close_notices(struct attempt *attempt)
{
	if (attempt->notices >= 0)
		(void)close(attempt->notices);
	attempt->notices = -1;
}

void attempt_release(struct attempt *attempt)
{
	close_descriptors(attempt);
	close_notices(attempt);
	ledger_step_release(&attempt->step);
	ledger_attempt_release(&attempt->record);
	work_folder_release(&attempt->folder);
	strv_release(&attempt->argv);
	strv_release(&attempt->envp);
	package_file_release(&attempt->script);
	free(attempt->script_folder);
	free(attempt->interpreter);
	strbuf_release(&attempt->outcome);
	result_release(&attempt->result);
	*attempt = (struct attempt)ATTEMPT_INIT;
}

/* ---- Preparation ----------------------------------------------------------------------------------------- */

static bool accept_change(struct run *run, const struct ledger_step *step, const char *digest, const char *reason,
			  struct error *err)
{
	const struct ledger_override override = { .step = step->number,
						  .kind = OVERRIDE_ACCEPT_CHANGE,
						  .state = step->state,
						  .reason = (char *)reason,
						  .user = (char *)run->request->user,
						  .detail = (char *)digest,
						  .time_ns = clock_wall_ns() };

	return ledger_override_add(run->ledger, run->runbook.key, &override, err);
}

static bool check_digest(struct run *run, const struct attempt *attempt, const char *digest, struct error *err)
{
	const struct ledger_step *step = &attempt->step;
	const struct package_file *file = &attempt->script;
	const struct ledger_file now = { run->runbook.key, package_root_relative(&run->root, file), digest };
	bool accepted = strcmp(step->script_sha256, digest) == 0;

	if (!accepted && !ledger_file_is_accepted(run->ledger, &now, &accepted, err))
		return false;
	if (accepted)
		return true;
	if (run->request->accept_change)
		return accept_change(run, step, digest, run->request->reason, err);
	return error_set(err, ERROR_REFUSED,
			 "%s has changed since it was imported (SHA-256 %.12s…, now %.12s…)\n"
			 "  if that is meant: runbook execute -runbookid=%s -acceptchange -reason='…'%s",
			 file->path, *step->script_sha256 ? step->script_sha256 : "unknown", digest, run->runbook.id,
			 run->request->repeat_options);
}

/* The attempt before this one; NULL if there was none. */
static char *folder_before(struct run *run, const struct attempt *attempt)
{
	CLEANUP_ERROR struct error none = ERROR_INIT;
	CLEANUP(ledger_attempt_release) struct ledger_attempt before = { 0 };
	const struct ledger_place place = { run->runbook.key, attempt->record.step, attempt->record.number - 1 };

	if (!place.attempt || !ledger_attempt_get(run->ledger, place, &before, &none))
		return NULL;
	return TAKE(before.folder);
}

/* Package root and interpreter are the step's from its first attempt on. */
static bool check_drift(struct run *run, struct attempt *attempt, struct error *err)
{
	CLEANUP_FREE char *folder = folder_before(run, attempt);
	CLEANUP_FREE char *then = folder ? drift_read(folder) : NULL;
	CLEANUP_FREE char *what = NULL;
	CLEANUP_FREE char *reason = NULL;

	if (!folder ||
	    (!drift_compare_root(folder, run->root.path, &what) && !drift_compare(then, attempt->interpreter, &what)))
		return true;
	if (!run->request->accept_change)
		return error_set(err, ERROR_REFUSED,
				 "%s since attempt %u\n"
				 "  if that is meant: runbook execute -runbookid=%s -acceptchange -reason='…'%s",
				 what, attempt->record.number - 1, run->runbook.id, run->request->repeat_options);
	reason = xasprintf("%s; %s", run->request->reason, what);
	return accept_change(run, &attempt->step, attempt->record.script_sha256, reason, err);
}

/* The driver of a step whose definition names sub-steps: this program, with the step's own script, if it has one, behind it. */
static void add_driver(const struct run *run, const struct attempt *attempt, struct strv *argv)
{
	strv_pushf(argv, "%s/runbook", attempt->folder.programs);
	strv_push(argv, "substep");
	strv_push(argv, "-defined");
	if (run->request->accept_change)
		strv_push(argv, "-acceptchange");
	strv_push(argv, "--");
}

/* Only its sub-steps: they are looked up one by one as they come. */
static bool find_no_script(struct run *run, struct attempt *attempt)
{
	CLEANUP_FREE char *folder = xasprintf("%s/%s/Scripts", run->root.path, attempt->step.service_model);

	attempt->script_folder = access(folder, X_OK) == 0 ? TAKE(folder) : xstrdup(run->root.path);
	free(attempt->record.script_sha256);
	attempt->record.script_sha256 = xstrdup("");
	return true;
}

static bool find_script(struct run *run, struct attempt *attempt, struct error *err)
{
	struct package_file *script = &attempt->script;
	const struct ledger_step *step = &attempt->step;
	char digest[DIGEST_TEXT_SIZE];

	if (step->has_sub_steps && !*step->file_name)
		return find_no_script(run, attempt);
	if (!package_root_find_script(&run->root, step->service_model, step->file_name, script, err) ||
	    !digest_fd(script->fd, script->path, digest, err) || !check_digest(run, attempt, digest, err))
		return false;
	if (fstat(script->fd, &attempt->script_st) < 0)
		return error_set_errno(err, errno, "%s", script->path);
	attempt->script_folder = fs_folder_of(script->path);
	free(attempt->record.script_sha256);
	attempt->record.script_sha256 = xstrdup(digest);
	return true;
}

/* As it is to be started now. *ret_interpreter is what drift_describe() says of it. */
static bool find_command(struct run *run, const struct attempt *attempt, struct strv *ret_argv, char **ret_interpreter,
			 struct error *err)
{
	const struct package_file *script = &attempt->script;
	size_t first;

	if (attempt->step.has_sub_steps)
		add_driver(run, attempt, ret_argv);
	first = ret_argv->count;
	return !script->path || (interpreter_resolve(script->path, script->fd, attempt->folder.log, ret_argv, err) &&
				 drift_describe(&run->drift, ret_argv, first, ret_interpreter, err));
}

static bool make_command(struct run *run, struct attempt *attempt, struct error *err)
{
	return find_command(run, attempt, &attempt->argv, &attempt->interpreter, err) &&
	       (!attempt->script.path || check_drift(run, attempt, err));
}

struct work_place attempt_place(const struct run *run, const struct ledger_step *step, uint32_t attempt)
{
	return (struct work_place){ .package_root = run->root.path,
				    .runbook_id = run->runbook.id,
				    .restores = run->acceptance.restores,
				    .machine = step->machine,
				    .service_model = step->service_model,
				    .step = step->number,
				    .attempt = attempt };
}

static bool name_folders(struct run *run, struct attempt *attempt, struct error *err)
{
	const struct work_place place = attempt_place(run, &attempt->step, attempt->record.number);
	const struct environment_request environment = { &run->environment, &place, &attempt->folder,
							 step_type_name(attempt->step.type), ledger_path(run->ledger) };

	if (!work_folder_name(&place, &attempt->folder, err))
		return false;
	environment_make(&environment, &attempt->envp);
	return true;
}

static bool open_log(struct attempt *attempt, struct error *err)
{
	CLEANUP_FREE char *script = name_script_path(attempt->step.file_name);
	const char *name = fs_name_of(script ? script : "step");

	if (*attempt->record.log_path)
		return log_file_open(attempt->record.log_path, &attempt->log, err);
	if (!log_file_place(&attempt->log, attempt->folder.log, name, attempt->record.started_ns, err))
		return false;
	free(attempt->record.log_path);
	attempt->record.log_path = xstrdup(attempt->log.path);
	return true;
}

static bool find_things(struct run *run, struct attempt *attempt, struct error *err)
{
	if (!name_folders(run, attempt, err) || !find_script(run, attempt, err) ||
	    !work_folder_lock_attempt(&attempt->folder, &attempt->lock, err) || !make_command(run, attempt, err))
		return error_prefix(err, "step %u", attempt->step.number);
	return true;
}

static bool hand_over(struct run *run, struct attempt *attempt, struct error *err)
{
	const struct supervise_request request = { .attempt_folder = attempt->folder.attempt,
						   .program = { .argv = attempt->argv.items,
								.envp = attempt->envp.items,
								.folder = attempt->script_folder },
						   .interpreter = attempt->interpreter,
						   .timeout_ns = attempt->step.timeout_min * NS_PER_MINUTE,
						   .grace_ns = run->request->grace_ms * NS_PER_MS,
						   .log_cap_bytes = run->request->log_cap_bytes,
						   .reserved = attempt->reserved,
						   .lock = attempt->lock,
						   .log = attempt->log.fd };

	if (!nursery_begin(&run->nursery, &request, &attempt->notices, err))
		return false;
	close_descriptors(attempt);
	package_file_release(&attempt->script);
	return true;
}

bool attempt_begin(struct run *run, struct attempt *attempt, struct error *err)
{
	if (!ahead_check(run, err))
		return false;
	attempt->record.started_ns = clock_wall_ns();
	attempt->record.started_boot_ns = clock_boot_ns();
	if (!open_log(attempt, err))
		return error_prefix(err, "step %u", attempt->step.number);
	return hand_over(run, attempt, err);
}

bool attempt_make_ready(struct run *run, struct ledger_step *step, struct attempt *ret, struct error *err)
{
	ret->step = *step;
	*step = (struct ledger_step){ 0 };
	ret->record = (struct ledger_attempt){ .step = ret->step.number,
					       .number = ret->step.attempt_count + 1,
					       .state = STATE_IN_PROGRESS,
					       .boot_id = xstrdup(run->boot_id),
					       .exit_code = -1,
					       .duration_ns = -1,
					       .cpu_us = -1,
					       .peak_memory_kb = -1,
					       .log_path = xstrdup(""),
					       .left_behind = xstrdup(""),
					       .reason = xstrdup(""),
					       .user = xstrdup(run->request->user) };
	if (!find_things(run, ret, err) || !work_folder_forget_attempt(&ret->folder, err))
		return false;
	ret->record.folder = xstrdup(ret->folder.attempt);
	return true;
}

bool attempt_prepare(struct run *run, struct ledger_step *step, struct attempt *ret, struct error *err)
{
	return attempt_make_ready(run, step, ret, err) && attempt_begin(run, ret, err);
}

static bool is_same_script(const struct attempt *attempt)
{
	struct stat now;

	return !attempt->script.path ||
	       (stat(attempt->script.path, &now) == 0 && fs_is_unchanged(&attempt->script_st, &now));
}

/* By its place and its digest. */
static bool is_same_interpreter(struct run *run, const struct attempt *attempt)
{
	CLEANUP_STRV struct strv argv = STRV_INIT;
	CLEANUP_FREE char *now = NULL;
	CLEANUP_ERROR struct error told_later = ERROR_INIT;

	return find_command(run, attempt, &argv, &now, &told_later) &&
	       strcmp(now ? now : "", attempt->interpreter ? attempt->interpreter : "") == 0;
}

bool attempt_is_current(struct run *run, const struct attempt *attempt)
{
	return is_same_script(attempt) && is_same_interpreter(run, attempt);
}

void attempt_withdraw(struct attempt *attempt)
{
	const char *log = attempt->record.log_path;

	if (log && *log)
		(void)unlink(log);
	attempt_release(attempt);
}

bool attempt_prepare_again(struct run *run, struct ledger_step *step, struct ledger_attempt *record,
			   struct attempt *ret, struct error *err)
{
	ret->step = *step;
	ret->record = *record;
	*step = (struct ledger_step){ 0 };
	*record = (struct ledger_attempt){ 0 };
	return find_things(run, ret, err) && attempt_begin(run, ret, err);
}

/* ---- Execution ------------------------------------------------------------------------------------------- */

static bool follow(struct run *run, const struct attempt *attempt, struct follow_end *ret, struct error *err)
{
	const struct follow_request request = { .attempt_folder = attempt->record.folder,
						.log_path = attempt->record.log_path,
						.notices = attempt->notices,
						.silent = run->request->quiet,
						.signals = &run->signals };

	detach_tell_ready();
	return follow_attempt(&request, ret, err);
}

static bool trouble(const struct attempt *attempt, const struct follow_end *end, struct error *err)
{
	return error_set(err, ERROR_SYSTEM, "step %u: its supervisor could not go on: %s", attempt->step.number,
			 end->text.data);
}

/* A supervisor that died before `started` was there leaves nothing unknown: the attempt stays open and is run by the next engine. */
static bool check_started(const struct attempt *attempt, struct error *err)
{
	struct settle_facts facts;

	if (!settle_look(attempt->record.folder, &facts, err))
		return false;
	if (settle_judge(&facts) != SETTLE_NEVER_RAN)
		return true;
	return error_set(err, ERROR_SYSTEM,
			 "step %u: its supervisor ended before it started the script; execute the runbook again",
			 attempt->step.number);
}

void attempt_allow(const struct attempt *attempt)
{
	if (attempt->notices >= 0)
		notices_allow(attempt->notices);
}

bool attempt_execute(struct run *run, struct attempt *attempt, struct error *err)
{
	CLEANUP(follow_end_release) struct follow_end end = FOLLOW_END_INIT;

	ahead_make(run, attempt->step.number + 1);
	if (!follow(run, attempt, &end, err))
		return false;
	if (end.notice == NOTICE_TROUBLE)
		return trouble(attempt, &end, err);
	if (end.notice == NOTICE_CLOSED)
		return check_started(attempt, err);
	attempt->outcome = end.text;
	end.text = (struct strbuf)STRBUF_INIT;
	return true;
}

bool attempt_adopt(struct run *run, struct attempt *attempt, struct error *err)
{
	CLEANUP(follow_end_release) struct follow_end end = FOLLOW_END_INIT;

	return follow(run, attempt, &end, err);
}

static void forget_end(struct attempt *attempt)
{
	struct ledger_attempt *record = &attempt->record;

	result_release(&attempt->result);
	record->ended_ns = 0;
	record->duration_ns = record->cpu_us = record->peak_memory_kb = -1;
	record->exit_code = -1;
	record->signal = 0;
}

bool attempt_await_end(struct attempt *attempt, bool *ret_kept, struct error *err)
{
	CLEANUP(follow_end_release) struct follow_end end = FOLLOW_END_INIT;

	*ret_kept = true;
	if (!attempt->outcome.length)
		return true;
	if (!follow_to_close(attempt->record.folder, attempt->notices, &end, err))
		return false;
	if (end.notice == NOTICE_TROUBLE)
		return trouble(attempt, &end, err);
	*ret_kept = end.notice == NOTICE_KEPT;
	strbuf_release(&attempt->outcome);
	if (!*ret_kept)
		forget_end(attempt);
	return true;
}

void attempt_await_log(const struct attempt *attempt)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	while (attempt->notices >= 0 && notices_receive(attempt->notices, true, &text) != NOTICE_CLOSED)
		continue;
}
