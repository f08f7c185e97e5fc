// SPDX-License-Identifier: MIT
#include "engine/supervisor/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/supervisor/cgroup.h"
#include "engine/supervisor/name_value.h"
#include "engine/supervisor/notices.h"
#include "engine/supervisor/oom.h"
#include "engine/supervisor/process_tree.h"
#include "engine/supervisor/quiet_signals.h"
#include "engine/supervisor/records.h"
#include "engine/supervisor/spawn.h"
#include "logs/capture.h"
#include "runbook/base/alloc.h"
#include "runbook/base/cleanup.h"
#include "runbook/base/clock.h"

#define NS_PER_MS INT64_C(1000000)

/* How often a supervisor looks whether its step is to be stopped. */
enum { STOP_LOOK_MS = 500 };

/* How long what is left may take to end or to make a session of its own. */
enum { STRAGGLER_MS = 300, STRAGGLER_LOOK_MS = 10 };

/* How often the tree is looked at while it is being ended, how often KILL is repeated, and what one look at the pipe may move. */
enum { TREE_LOOK_MS = 50, KILL_ROUNDS = 40, PUMP_BYTES = 4 * 1024 * 1024 };

/* A log that is longer takes its time to become durable: its end is told only then, so that the engine never waits for it with the ledger in its hands. */
enum { SOON_DURABLE_BYTES = 1024 * 1024 };

/* Memory that a supervisor keeps from attempt to attempt. */
enum { KEPT_BYTES = 2 * 1024 * 1024 };

struct supervisor {
	int signals; /* signalfd for SIGCHLD */
	struct cgroup cgroup;
	struct oom_watch oom;
	bool childless;           /* nothing is left below us */
	struct supervision *last; /* for supervisor_tidy(); NULL: nothing to do */
};

/* One attempt. */
struct supervision {
	struct supervisor *supervisor;
	const struct supervise_request *request;
	struct records records;
	int notices;
	int log;
	int output; /* read end of the script's output; -1: not made */
	int input;  /* its other end, until the script has it */
	pid_t script;
	bool script_ended;
	bool stop_asked;
	int64_t begun_boot_ns;
	int64_t cpu_us;
	int64_t peak_memory_kb;
	struct capture capture;
	struct outcome outcome;
};

/* ---- One turn: output, ended children, time -------------------------------------------------------------- */

static void count_usage(struct supervision *self, const struct rusage *usage)
{
	self->cpu_us += ((int64_t)usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 + usage->ru_utime.tv_usec +
			usage->ru_stime.tv_usec;
	if (usage->ru_maxrss > self->peak_memory_kb)
		self->peak_memory_kb = usage->ru_maxrss;
}

/* A shell says 128 + 9 of a child that was killed. */
static void judge_memory(struct supervision *self)
{
	struct outcome *outcome = &self->outcome;
	bool killed = outcome->signal == SIGKILL || outcome->exit_code == 128 + SIGKILL;

	if (killed && !outcome->stopped && !outcome->timed_out)
		outcome->oom_killed = oom_watch_count(&self->supervisor->oom);
}

static void note_script_end(struct supervision *self, int status)
{
	self->script_ended = true;
	if (WIFEXITED(status))
		self->outcome.exit_code = WEXITSTATUS(status);
	else if (WIFSIGNALED(status))
		self->outcome.signal = WTERMSIG(status);
	judge_memory(self);
}

static void reap(struct supervision *self)
{
	for (;;) {
		struct rusage usage;
		int status;
		pid_t pid = wait4(-1, &status, WNOHANG, &usage);

		if (pid <= 0) {
			self->supervisor->childless = pid < 0 && errno == ECHILD;
			return;
		}
		count_usage(self, &usage);
		if (pid == self->script)
			note_script_end(self, status);
	}
}

/* Waits until something happens or the boot clock reaches `until_ns` (0: for ever), and sees to it. */
static void turn(struct supervision *self, int64_t until_ns)
{
	struct pollfd fds[] = { { .fd = self->supervisor->signals, .events = POLLIN },
				{ .fd = self->capture.ended ? -1 : self->output, .events = POLLIN } };
	int64_t now_ns = clock_boot_ns();
	int64_t wait_ns = STOP_LOOK_MS * NS_PER_MS;
	struct signalfd_siginfo info;

	oom_watch_look(&self->supervisor->oom, now_ns);
	if (until_ns && until_ns - now_ns < wait_ns)
		wait_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	/* Without memory or when interrupted: neither of the two can make us wait, so just look. */
	if (ppoll(fds, 2, &(struct timespec){ 0, wait_ns }, NULL) < 0)
		fds[0].revents = fds[1].revents = POLLIN;
	if (fds[1].revents ? capture_pump(&self->capture, PUMP_BYTES) > 0 : capture_rest(&self->capture))
		notices_send(self->notices, NOTICE_OUTPUT, "");
	if (fds[0].revents && read(self->supervisor->signals, &info, sizeof(info)) > 0)
		reap(self);
	self->stop_asked = records_stop_asked(&self->records);
}

/* ---- Ending the tree ------------------------------------------------------------------------------------- */

static size_t look(struct supervision *self, enum process_scope scope, int signal)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	size_t count;

	if (self->supervisor->childless)
		return 0;
	process_tree_read(&tree);
	count = process_tree_signal(&tree, scope, signal);
	if (signal == SIGTERM) /* a stopped process would not see it */
		(void)process_tree_signal(&tree, scope, SIGCONT);
	return count;
}

static void note_left_behind(struct supervision *self, const char *what, enum process_scope scope)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	process_tree_read(&tree);
	if (self->outcome.left_behind)
		strbuf_addf(&text, "%s; ", self->outcome.left_behind);
	strbuf_addf(&text, "%s: ", what);
	process_tree_describe(&tree, scope, &text);
	free(self->outcome.left_behind);
	self->outcome.left_behind = strbuf_detach(&text);
}

/* TERM, the grace, KILL. Whoever does not even end then (waiting for a dead disk) is named and left. */
static void end_tree(struct supervision *self, enum process_scope scope)
{
	int64_t grace_ends_ns = clock_boot_ns() + self->request->grace_ns;

	(void)look(self, scope, SIGTERM);
	while (clock_boot_ns() < grace_ends_ns && look(self, scope, 0))
		turn(self, clock_boot_ns() + TREE_LOOK_MS * NS_PER_MS);
	if (scope == PROCESS_ALL)
		cgroup_kill(&self->supervisor->cgroup);
	for (int round = 0; round < KILL_ROUNDS && look(self, scope, SIGKILL); round++)
		turn(self, clock_boot_ns() + TREE_LOOK_MS * NS_PER_MS);
	if (look(self, scope, 0))
		note_left_behind(self, "could not be killed", scope);
	reap(self);
}

/* A service just forked may not have made its session yet, a last child may be about to end: neither is left behind. */
static void wait_for_stragglers(struct supervision *self)
{
	int64_t until_ns = clock_boot_ns() + STRAGGLER_MS * NS_PER_MS;

	while (clock_boot_ns() < until_ns && look(self, PROCESS_SAME_SESSION, 0))
		turn(self, clock_boot_ns() + STRAGGLER_LOOK_MS * NS_PER_MS);
}

static void see_to_what_is_left(struct supervision *self)
{
	if (self->supervisor->childless)
		return;
	wait_for_stragglers(self);
	if (look(self, PROCESS_SAME_SESSION, 0)) {
		note_left_behind(self, "left behind and ended", PROCESS_SAME_SESSION);
		end_tree(self, PROCESS_SAME_SESSION);
	}
	if (look(self, PROCESS_ALL, 0))
		note_left_behind(self, "lives on in its own session", PROCESS_ALL);
}

/* ---- The life of a supervisor ---------------------------------------------------------------------------- */

static void wait_for_script(struct supervision *self)
{
	int64_t timeout_ns = self->request->timeout_ns;
	int64_t deadline_ns = timeout_ns ? self->begun_boot_ns + timeout_ns : 0;

	while (!self->script_ended) {
		turn(self, deadline_ns);
		self->outcome.stopped = !self->script_ended && self->stop_asked;
		self->outcome.timed_out = !self->script_ended && deadline_ns && clock_boot_ns() >= deadline_ns;
		if (self->outcome.stopped || self->outcome.timed_out) {
			note_left_behind(self, self->outcome.stopped ? "ended as asked" : "ended at the timeout",
					 PROCESS_ALL);
			end_tree(self, PROCESS_ALL);
			return;
		}
	}
	see_to_what_is_left(self);
}

/* What can be made before the script may start. */
static bool prepare_start(struct supervision *self, struct error *err)
{
	int output[2];

	if (pipe2(output, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	self->output = output[0];
	self->input = output[1];
	capture_init(&self->capture, self->output, self->log, self->request->log_cap_bytes);
	oom_watch_begin(&self->supervisor->oom, self->begun_boot_ns);
	return true;
}

static enum spawn_result start_script(struct supervision *self)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct spawn_request request = { .program = &self->request->program,
					       .output = self->input,
					       .cgroup = self->supervisor->cgroup.fd,
					       .notices = self->notices };
	enum spawn_result result = spawn_start(&request, &self->script, &err);

	/* The time until it was allowed is not the step's. */
	self->begun_boot_ns = clock_boot_ns();
	(void)close(self->input);
	self->input = -1;
	if (result == SPAWN_FAILED)
		self->outcome.not_started = xstrdup(err.message);
	return result;
}

static void run_script(struct supervision *self)
{
	self->supervisor->childless = false;
	wait_for_script(self);
	/* What is in the pipe now is the step's; a service that keeps it open is not waited for. */
	while (capture_pump(&self->capture, PUMP_BYTES) == PUMP_BYTES)
		continue;
	capture_finish(&self->capture);
}

/* Lines of our own in the log, so that who reads only the log knows. */
static void tell_in_log(const struct supervision *self)
{
	const struct outcome *outcome = &self->outcome;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (outcome->not_started)
		strbuf_addf(&text, "[runbook] the script could not be started: %s\n", outcome->not_started);
	if (outcome->timed_out)
		strbuf_add_str(&text, "[runbook] the step ran longer than its timeout and was ended\n");
	if (outcome->stopped)
		strbuf_add_str(&text, "[runbook] the step was ended because somebody asked for it\n");
	if (outcome->oom_killed)
		strbuf_add_str(&text, "[runbook] the step was killed by the kernel, which had no memory left\n");
	if (outcome->left_behind)
		strbuf_addf(&text, "[runbook] %s\n", outcome->left_behind);
	if (text.length && write(self->log, text.data, text.length) < 0) {
		/* A log that is full has said so itself; the outcome holds the same. */
	}
}

static bool reserve(struct supervision *self, struct error *err)
{
	if (self->request->reserved)
		return records_reopen(&self->records, err);
	return records_reserve(&self->records, self->request->interpreter, err);
}

static bool record_start(struct supervision *self, struct error *err)
{
	CLEANUP_STRBUF struct strbuf extra = STRBUF_INIT;

	name_value_add_number(&extra, "boot_clock_ns", self->begun_boot_ns);
	if (self->supervisor->cgroup.path)
		name_value_add(&extra, "cgroup", self->supervisor->cgroup.path);
	return records_open(&self->records, self->request->attempt_folder, err) && reserve(self, err) &&
	       records_start(&self->records, &extra, err);
}

static bool record_end(struct supervision *self, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	bool done;

	self->outcome.ended_ns = clock_wall_ns();
	self->outcome.duration_ns = clock_boot_ns() - self->begun_boot_ns;
	self->outcome.cpu_us = self->cpu_us;
	self->outcome.peak_memory_kb = self->peak_memory_kb;
	self->outcome.log_dropped_bytes = self->capture.dropped_bytes;
	outcome_format(&self->outcome, &text);
	if (self->capture.written_bytes <= SOON_DURABLE_BYTES)
		notices_send(self->notices, NOTICE_ENDED, text.data);
	else
		(void)fdatasync(self->log);
	done = records_end(&self->records, &text, err);
	if (done)
		notices_send(self->notices, NOTICE_KEPT, "");
	/* While the ledger learns of it. */
	(void)fdatasync(self->log);
	return done;
}

struct supervisor *supervisor_new(void)
{
	struct supervisor *self = xcalloc(1, sizeof(*self));

	/* What one attempt needs, the next one needs, too: it is not given back between them. */
	(void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	*self = (struct supervisor){ .signals = quiet_signals_begin(), .cgroup = CGROUP_INIT, .childless = true };
	cgroup_make(&self->cgroup);
	return self;
}

void supervisor_tidy(struct supervisor *supervisor)
{
	struct supervision *self = TAKE(supervisor->last);

	if (!self)
		return;
	capture_release(&self->capture);
	outcome_release(&self->outcome);
	records_release(&self->records);
	if (self->output >= 0)
		(void)close(self->output);
	if (self->input >= 0)
		(void)close(self->input);
	free(self);
}

bool supervisor_run(struct supervisor *supervisor, const struct supervise_request *request, int log, int notices,
		    struct error *err)
{
	struct supervision *self = xcalloc(1, sizeof(*self));

	*self = (struct supervision){ .supervisor = supervisor,
				      .request = request,
				      .records = RECORDS_INIT,
				      .notices = notices,
				      .log = log,
				      .output = -1,
				      .input = -1,
				      .begun_boot_ns = clock_boot_ns(),
				      .outcome = OUTCOME_INIT };
	supervisor->last = self;

	if (supervisor->signals < 0)
		return error_set(err, ERROR_SYSTEM, "cannot wait for signals");
	if (!record_start(self, err))
		return false;
	if (!prepare_start(self, err)) {
		records_take_back(&self->records);
		return false;
	}
	switch (start_script(self)) {
	case SPAWN_NOT_ALLOWED:
		records_take_back(&self->records);
		return true;
	case SPAWN_STARTED:
		run_script(self);
		break;
	case SPAWN_FAILED:
		break;
	}
	tell_in_log(self);
	return record_end(self, err);
}

bool supervisor_is_free(const struct supervisor *supervisor)
{
	return supervisor->childless && !supervisor->cgroup.is_killed;
}

void supervisor_free(struct supervisor *self)
{
	cgroup_release(&self->cgroup);
	if (self->signals >= 0)
		(void)close(self->signals);
	free(self);
}
