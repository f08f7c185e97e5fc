// SPDX-License-Identifier: MIT
#include "engine/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum spawn_stage { STAGE_PREPARE, STAGE_FOLDER, STAGE_EXEC };

struct spawn_failure {
	enum spawn_stage stage;
	int errnum;
};

static void reset_signals(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &standard, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The supervisor is protected from the OOM killer; the step is as any other process. */
static void reset_oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "0", 1) < 0) {
		/* Not ours to change: then it was never changed either. */
	}
	if (fd >= 0)
		(void)close(fd);
}

static bool arrange_descriptors(int output)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return null >= 0 && dup2(null, STDIN_FILENO) == 0 && dup2(output, STDOUT_FILENO) == 1 &&
	       dup2(output, STDERR_FILENO) == 2;
}

/* After fork: only system calls. Whatever fails is told through `report`, which exec closes. */
static _Noreturn void become_program(const struct spawn_request *request, int report)
{
	struct spawn_failure failure = { STAGE_PREPARE, 0 };

	(void)setpgid(0, 0);
	reset_signals();
	reset_oom_score();
	(void)umask(022);
	if (arrange_descriptors(request->output) && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
		failure.stage = STAGE_FOLDER;
		if (chdir(request->folder) == 0) {
			failure.stage = STAGE_EXEC;
			(void)execve(request->argv[0], request->argv, request->envp);
		}
	}
	failure.errnum = errno;
	if (write(report, &failure, sizeof(failure)) < 0) {
		/* Nobody is left who could hear it. */
	}
	_exit(127);
}

static bool explain(const struct spawn_request *request, const struct spawn_failure *failure, struct error *err)
{
	switch (failure->stage) {
	case STAGE_FOLDER:
		return error_set_errno(err, failure->errnum, "cannot enter %s", request->folder);
	case STAGE_EXEC:
		return error_set_errno(err, failure->errnum, "cannot start %s", request->argv[0]);
	default:
		return error_set_errno(err, failure->errnum, "cannot prepare the start of %s", request->argv[0]);
	}
}

/* fork, but born in a control group where the kernel can do that: nothing it forks later escapes. */
static pid_t fork_into(int cgroup)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)cgroup };
	pid_t pid = -1;

	if (cgroup >= 0)
		pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	return pid >= 0 ? pid : fork();
}

static ssize_t read_report(int fd, struct spawn_failure *failure)
{
	ssize_t length;

	do
		length = read(fd, failure, sizeof(*failure));
	while (length < 0 && errno == EINTR);
	return length;
}

bool spawn_start(const struct spawn_request *request, pid_t *ret_pid, struct error *err)
{
	struct spawn_failure failure;
	int report[2];
	ssize_t length;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	pid = fork_into(request->cgroup);
	if (pid == 0)
		become_program(request, report[1]);
	(void)close(report[1]);
	if (pid < 0) {
		(void)close(report[0]);
		return error_set_errno(err, errno, "cannot fork");
	}
	/* Both sides do it, so that the group exists whoever comes first. */
	(void)setpgid(pid, pid);
	length = read_report(report[0], &failure);
	(void)close(report[0]);
	if (length == 0) {
		*ret_pid = pid;
		return true;
	}
	(void)waitpid(pid, NULL, 0);
	if (length != sizeof(failure))
		return error_set(err, ERROR_SYSTEM, "%s was killed before it started", request->argv[0]);
	return explain(request, &failure, err);
}
