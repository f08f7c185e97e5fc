// SPDX-License-Identifier: MIT
#include "engine/substep/sub_step.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "engine/substep/step_command.h"
#include "engine/supervisor/outcome.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/names.h"

/* How long the end of a sub-step waits for whoever keeps the ledger busy: hours of work must not be lost for a slow copy. */
#define END_PATIENCE_NS (INT64_C(600) * 1000000000)

#define VARIABLE_INSIDE "RUNBOOK_SUBSTEP"

/* ---- Where we are ---------------------------------------------------------------------------------------- */

static const char *variable(const char *name)
{
	const char *text = getenv(name);

	return text && *text ? text : NULL;
}

static uint32_t variable_number(const char *name)
{
	const char *text = variable(name);
	char *end = NULL;
	unsigned long long number = text && *text != '-' ? strtoull(text, &end, 10) : 0;

	return end && !*end && number <= UINT32_MAX ? (uint32_t)number : 0;
}

bool sub_step_is_inside(void)
{
	return variable("RUNBOOK_ID") && variable("RUNBOOK_CONTROL") && variable("RUNBOOK_LEDGER") &&
	       variable_number("RUNBOOK_STEP") && variable_number("RUNBOOK_ATTEMPT");
}

bool sub_step_read_surroundings(struct sub_step_surroundings *ret, struct error *err)
{
	if (!sub_step_is_inside())
		return error_set(err, ERROR_USAGE,
				 "this is no step: substep is for the scripts of a package, which runbook execute runs "
				 "(RUNBOOK_ID, _STEP, _ATTEMPT, _CONTROL and _LEDGER tell it where it is)");
	*ret = (struct sub_step_surroundings){
		.runbook_id = variable("RUNBOOK_ID"),
		.control = variable("RUNBOOK_CONTROL"),
		.inside = variable(VARIABLE_INSIDE),
		.step = variable_number("RUNBOOK_STEP"),
		.attempt = variable_number("RUNBOOK_ATTEMPT"),
	};
	return true;
}

bool sub_step_parse_name(const char *text, char **ret_group, char **ret_name, struct error *err)
{
	const char *slash = strchr(text, '/');
	CLEANUP_FREE char *group = xmemdupz(text, slash ? (size_t)(slash - text) : 0);
	CLEANUP_FREE char *masked = mask_string(text);

	/* It is what the sub-step is known by for ever: masked, two could be taken for one. */
	if (strcmp(masked, text) != 0)
		return error_set(err, ERROR_USAGE, "the name of a sub-step must not hold a secret");
	if (!slash || !name_is_plain(group) || !name_is_plain(slash + 1))
		return error_set(err, ERROR_USAGE,
				 "%s is no name of a sub-step: it must be GROUP/NAME, both plain names of at most 128 "
				 "characters",
				 text);
	*ret_group = TAKE(group);
	*ret_name = xstrdup(slash + 1);
	return true;
}

/* ---- One sub-step ---------------------------------------------------------------------------------------- */

struct sub_step_job {
	struct ledger *ledger;
	const struct sub_step_request *request;
	struct ledger_place place;
	struct ledger_sub_step sub_step;
	int locks; /* the attempt's file `substeps` */
};

static void job_release(struct sub_step_job *job)
{
	ledger_sub_step_release(&job->sub_step);
	if (job->locks >= 0)
		(void)close(job->locks);
}

static bool open_locks(struct sub_step_job *job, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(job->request->inside->control, ATTEMPT_SUB_STEPS);

	job->locks = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	return job->locks >= 0 || error_set_errno(err, errno, "%s", path);
}

static bool take_lock(const struct sub_step_job *job, struct error *err)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)job->sub_step.number, .l_len = 1
	};

	if (fcntl(job->locks, F_OFD_SETLK, &lock) == 0)
		return true;
	if (errno == EAGAIN || errno == EACCES)
		return error_set(err, ERROR_BUSY, "it is running already");
	return error_set_errno(err, errno, ATTEMPT_SUB_STEPS);
}

/* The number of the sub-step that we are called from. */
static bool find_parent(struct sub_step_job *job, struct error *err)
{
	const char *inside = job->request->inside->inside;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step parent = { 0 };
	CLEANUP_FREE char *group = NULL;
	const char *slash = inside ? strchr(inside, '/') : NULL;

	job->sub_step.parent = 0;
	if (!slash)
		return true;
	group = xmemdupz(inside, (size_t)(slash - inside));
	if (!ledger_sub_step_find(job->ledger, job->place, (struct ledger_sub_step_name){ group, slash + 1 }, &parent,
				  err))
		return false;
	if (parent.number == job->sub_step.number)
		return error_set(err, ERROR_USAGE, "a sub-step cannot be part of itself");
	job->sub_step.parent = parent.number;
	return true;
}

/* Within a transaction: all that is known before the command starts. */
static bool record_start(struct sub_step_job *job, struct error *err)
{
	const struct ledger_sub_step_name name = { job->request->group, job->request->name };

	if (!ledger_sub_step_find(job->ledger, job->place, name, &job->sub_step, err))
		return false;
	if (job->sub_step.done)
		return true;
	free(job->sub_step.script_sha256);
	job->sub_step.script_sha256 = xstrdup(job->request->script_sha256);
	job->sub_step.started_ns = clock_wall_ns();
	job->sub_step.started_boot_ns = clock_boot_ns();
	return find_parent(job, err) && take_lock(job, err) &&
	       ledger_sub_step_start(job->ledger, job->place, &job->sub_step, err);
}

static bool begin(struct sub_step_job *job, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	if (!ledger_runbook_get(job->ledger, job->request->inside->runbook_id, &runbook, err) || !open_locks(job, err))
		return false;
	job->place = (struct ledger_place){ runbook.key, job->request->inside->step, job->request->inside->attempt };
	if (!ledger_begin(job->ledger, err))
		return false;
	if (record_start(job, err) && ledger_commit(job->ledger, err))
		return true;
	ledger_rollback(job->ledger);
	return false;
}

static void say(const struct sub_step_job *job, const char *before, const char *behind)
{
	if (job->request->quiet)
		return;
	(void)printf("%s%" PRIu32 ".%" PRIu32 " %s/%s%s\n", before, job->place.step, job->sub_step.number,
		     job->request->group, job->request->name, behind);
	(void)fflush(stdout);
}

/* The end waits for a ledger that is busy; all else that fails is final. */
static bool record_end(struct sub_step_job *job, struct error *err)
{
	int64_t until_ns = clock_boot_ns() + END_PATIENCE_NS;

	while (!ledger_sub_step_end(job->ledger, job->place, &job->sub_step, err)) {
		if (err->code != ERROR_BUSY || clock_boot_ns() >= until_ns)
			return error_prefix(err, "it has ended, but that could not be recorded");
		error_release(err);
	}
	return true;
}

static bool tell_failure(const struct sub_step_job *job, const char *not_started, struct error *err)
{
	const struct ledger_sub_step *sub_step = &job->sub_step;

	if (not_started)
		return error_set(err, (enum error_code)sub_step->exit_code, "could not be started: %s", not_started);
	if (sub_step->signal)
		return error_set(err, (enum error_code)(ERROR_SIGNAL + sub_step->signal), "ended by signal %d (%s)",
				 sub_step->signal, sigabbrev_np(sub_step->signal));
	return error_set(err, (enum error_code)sub_step->exit_code, "exit code %d", sub_step->exit_code);
}

static bool run_command(struct sub_step_job *job, struct error *err)
{
	const struct sub_step_request *request = job->request;
	const struct step_command command = { request->argv, request->folder, request->umask };
	CLEANUP_FREE char *inside = xasprintf("%s/%s", request->group, request->name);
	CLEANUP_ERROR struct error not_started = ERROR_INIT;
	struct step_command_end end;

	say(job, "Executing sub-step: ", "");
	if (setenv(VARIABLE_INSIDE, inside, 1) < 0)
		abort();
	(void)step_command_run(&command, &end, &not_started);
	job->sub_step.state = end.exit_code == 0 ? STATE_COMPLETED : STATE_FAILED;
	job->sub_step.exit_code = end.exit_code;
	job->sub_step.signal = end.signal;
	job->sub_step.ended_ns = clock_wall_ns();
	job->sub_step.duration_ns = clock_boot_ns() - job->sub_step.started_boot_ns;
	return record_end(job, err) &&
	       (job->sub_step.state == STATE_COMPLETED || tell_failure(job, not_started.message, err));
}

bool sub_step_run(struct ledger *ledger, const struct sub_step_request *request, struct error *err)
{
	CLEANUP(job_release) struct sub_step_job job = { .ledger = ledger, .request = request, .locks = -1 };

	if (begin(&job, err)) {
		if (job.sub_step.done) {
			say(&job, "Sub-step ", " is completed already");
			return true;
		}
		if (run_command(&job, err))
			return true;
	}
	if (job.sub_step.number)
		return error_prefix(err, "sub-step %" PRIu32 ".%" PRIu32 " %s/%s", request->inside->step,
				    job.sub_step.number, request->group, request->name);
	return error_prefix(err, "sub-step %s/%s", request->group, request->name);
}
