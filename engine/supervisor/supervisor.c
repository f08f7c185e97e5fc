// SPDX-License-Identifier: MIT
#include "engine/supervisor/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/supervisor/cgroup.h"
#include "engine/supervisor/name_value.h"
#include "engine/supervisor/oom.h"
#include "engine/supervisor/process_tree.h"
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

struct supervisor {
	const struct supervise_request *request;
	struct records records;
	int report;
	int log;
	int signals; /* signalfd for SIGCHLD */
	int output;  /* read end of the script's output; -1: not made */
	pid_t script;
	bool script_ended;
	bool stop_asked;
	bool childless; /* nothing is left below us */
	int64_t begun_boot_ns;
	struct oom_watch oom;
	int64_t cpu_us;
	int64_t peak_memory_kb;
	struct cgroup cgroup;
	struct capture capture;
	struct outcome outcome;
};

/* ---- One turn: output, ended children, time -------------------------------------------------------------- */

static void count_usage(struct supervisor *self, const struct rusage *usage)
{
	self->cpu_us += ((int64_t)usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 + usage->ru_utime.tv_usec +
			usage->ru_stime.tv_usec;
	if (usage->ru_maxrss > self->peak_memory_kb)
		self->peak_memory_kb = usage->ru_maxrss;
}

/* A shell says 128 + 9 of a child that was killed. */
static void judge_memory(struct supervisor *self)
{
	struct outcome *outcome = &self->outcome;
	bool killed = outcome->signal == SIGKILL || outcome->exit_code == 128 + SIGKILL;

	if (killed && !outcome->stopped && !outcome->timed_out)
		outcome->oom_killed = oom_watch_count(&self->oom);
}

static void note_script_end(struct supervisor *self, int status)
{
	self->script_ended = true;
	if (WIFEXITED(status))
		self->outcome.exit_code = WEXITSTATUS(status);
	else if (WIFSIGNALED(status))
		self->outcome.signal = WTERMSIG(status);
	judge_memory(self);
}

static void reap(struct supervisor *self)
{
	for (;;) {
		struct rusage usage;
		int status;
		pid_t pid = wait4(-1, &status, WNOHANG, &usage);

		if (pid <= 0) {
			self->childless = pid < 0 && errno == ECHILD;
			return;
		}
		count_usage(self, &usage);
		if (pid == self->script)
			note_script_end(self, status);
	}
}

/* The log has grown: whoever started us may want to show it. A pipe that is full or closed says the same as before. */
static void tell_of_output(const struct supervisor *self)
{
	if (write(self->report, (char[]){ SUPERVISOR_OUTPUT }, 1) < 0) {
		/* Nobody looks. */
	}
}

/* Waits until something happens or the boot clock reaches `until_ns` (0: for ever), and sees to it. */
static void turn(struct supervisor *self, int64_t until_ns)
{
	struct pollfd fds[] = { { .fd = self->signals, .events = POLLIN },
				{ .fd = self->capture.ended ? -1 : self->output, .events = POLLIN } };
	int64_t now_ns = clock_boot_ns();
	int64_t wait_ns = STOP_LOOK_MS * NS_PER_MS;
	struct signalfd_siginfo info;

	oom_watch_look(&self->oom, now_ns);
	if (until_ns && until_ns - now_ns < wait_ns)
		wait_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	/* Without memory or when interrupted: neither of the two can make us wait, so just look. */
	if (ppoll(fds, 2, &(struct timespec){ 0, wait_ns }, NULL) < 0)
		fds[0].revents = fds[1].revents = POLLIN;
	if (fds[1].revents ? capture_pump(&self->capture, PUMP_BYTES) > 0 : capture_rest(&self->capture))
		tell_of_output(self);
	if (fds[0].revents && read(self->signals, &info, sizeof(info)) > 0)
		reap(self);
	self->stop_asked = records_stop_asked(&self->records);
}

/* ---- Ending the tree ------------------------------------------------------------------------------------- */

static size_t look(struct supervisor *self, enum process_scope scope, int signal)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	size_t count;

	if (self->childless)
		return 0;
	process_tree_read(&tree);
	count = process_tree_signal(&tree, scope, signal);
	if (signal == SIGTERM) /* a stopped process would not see it */
		(void)process_tree_signal(&tree, scope, SIGCONT);
	return count;
}

static void note_left_behind(struct supervisor *self, const char *what, enum process_scope scope)
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
static void end_tree(struct supervisor *self, enum process_scope scope)
{
	int64_t grace_ends_ns = clock_boot_ns() + self->request->grace_ns;

	(void)look(self, scope, SIGTERM);
	while (clock_boot_ns() < grace_ends_ns && look(self, scope, 0))
		turn(self, clock_boot_ns() + TREE_LOOK_MS * NS_PER_MS);
	if (scope == PROCESS_ALL)
		cgroup_kill(&self->cgroup);
	for (int round = 0; round < KILL_ROUNDS && look(self, scope, SIGKILL); round++)
		turn(self, clock_boot_ns() + TREE_LOOK_MS * NS_PER_MS);
	if (look(self, scope, 0))
		note_left_behind(self, "could not be killed", scope);
	reap(self);
}

/* A service just forked may not have made its session yet, a last child may be about to end: neither is left behind. */
static void wait_for_stragglers(struct supervisor *self)
{
	int64_t until_ns = clock_boot_ns() + STRAGGLER_MS * NS_PER_MS;

	while (clock_boot_ns() < until_ns && look(self, PROCESS_SAME_SESSION, 0))
		turn(self, clock_boot_ns() + STRAGGLER_LOOK_MS * NS_PER_MS);
}

static void see_to_what_is_left(struct supervisor *self)
{
	if (self->childless)
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

static void wait_for_script(struct supervisor *self)
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

static bool start_script(struct supervisor *self, struct error *err)
{
	int output[2];
	bool started;

	if (pipe2(output, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	started = spawn_start(&self->request->program, output[1], self->cgroup.fd, &self->script, err);
	(void)close(output[1]);
	self->output = output[0];
	capture_init(&self->capture, output[0], self->log, self->request->log_cap_bytes);
	return started;
}

static void run_script(struct supervisor *self)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!start_script(self, &err)) {
		self->outcome.not_started = xstrdup(err.message);
		return;
	}
	/* While the script is at work: it costs the run nothing. */
	oom_watch_begin(&self->oom);
	wait_for_script(self);
	/* What is in the pipe now is the step's; a service that keeps it open is not waited for. */
	while (capture_pump(&self->capture, PUMP_BYTES) == PUMP_BYTES)
		continue;
	capture_finish(&self->capture);
}

/* Lines of our own in the log, so that who reads only the log knows. */
static void tell_in_log(const struct supervisor *self)
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

static bool record_start(struct supervisor *self, struct error *err)
{
	CLEANUP_STRBUF struct strbuf extra = STRBUF_INIT;

	name_value_add_number(&extra, "boot_clock_ns", self->begun_boot_ns);
	if (self->request->interpreter)
		name_value_add(&extra, STARTED_INTERPRETER, self->request->interpreter);
	if (self->cgroup.path)
		name_value_add(&extra, "cgroup", self->cgroup.path);
	return records_open(&self->records, self->request->attempt_folder, err) &&
	       records_start(&self->records, &extra, err);
}

static bool record_end(struct supervisor *self, struct error *err)
{
	self->outcome.ended_ns = clock_wall_ns();
	self->outcome.duration_ns = clock_boot_ns() - self->begun_boot_ns;
	self->outcome.cpu_us = self->cpu_us;
	self->outcome.peak_memory_kb = self->peak_memory_kb;
	self->outcome.log_dropped_bytes = self->capture.dropped_bytes;
	return records_end(&self->records, &self->outcome, self->log, err);
}

/* Nothing but the step's end, its deadline or a request to stop it ends a supervisor. */
static int arrange_signals(void)
{
	static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
				       SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2 };
	sigset_t child;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &child, NULL);
	return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

struct supervisor *supervisor_new(void)
{
	struct supervisor *self = xcalloc(1, sizeof(*self));

	*self = (struct supervisor){
		.records = RECORDS_INIT, .output = -1, .cgroup = CGROUP_INIT, .outcome = OUTCOME_INIT
	};
	self->signals = arrange_signals();
	cgroup_make(&self->cgroup);
	return self;
}

bool supervisor_run(struct supervisor *self, const struct supervise_request *request, int log, int report,
		    struct error *err)
{
	self->request = request;
	self->log = log;
	self->report = report;
	self->begun_boot_ns = clock_boot_ns();
	if (self->signals < 0)
		return error_set(err, ERROR_SYSTEM, "cannot wait for signals");
	if (!record_start(self, err))
		return false;
	run_script(self);
	tell_in_log(self);
	return record_end(self, err);
}

void supervisor_free(struct supervisor *self)
{
	cgroup_release(&self->cgroup);
	capture_release(&self->capture);
	outcome_release(&self->outcome);
	records_release(&self->records);
	if (self->signals >= 0)
		(void)close(self->signals);
	if (self->output >= 0)
		(void)close(self->output);
	free(self);
}
