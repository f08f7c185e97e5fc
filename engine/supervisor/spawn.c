// SPDX-License-Identifier: MIT
#include "engine/supervisor/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/supervisor/clone_into.h"
#include "engine/supervisor/quiet_signals.h"

enum spawn_stage { STAGE_PREPARE, STAGE_FOLDER, STAGE_EXEC };

struct spawn_failure {
	enum spawn_stage stage;
	int errnum;
};

/* ---- In the new process, which borrows our memory: only system calls ---------------------------------------------------------------- */

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
	       dup2(output, STDERR_FILENO) == 2 && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

struct spawn {
	const struct program *program;
	int output;
	int report;
};

/* Whatever fails is told through the report, which exec closes. */
static int become_program(void *context)
{
	const struct spawn *spawn = context;
	struct spawn_failure failure = { STAGE_PREPARE, 0 };

	(void)setpgid(0, 0);
	quiet_signals_end();
	reset_oom_score();
	(void)umask(022);
	if (arrange_descriptors(spawn->output)) {
		failure.stage = STAGE_FOLDER;
		if (chdir(spawn->program->folder) == 0) {
			failure.stage = STAGE_EXEC;
			(void)execve(spawn->program->argv[0], spawn->program->argv, spawn->program->envp);
		}
	}
	failure.errnum = errno;
	if (write(spawn->report, &failure, sizeof(failure)) < 0) {
		/* Nobody is left who could hear it. */
	}
	_exit(127);
}

/* ---- In the one that makes it ----------------------------------------------------------------------------- */

static bool explain(const struct program *program, const struct spawn_failure *failure, struct error *err)
{
	switch (failure->stage) {
	case STAGE_FOLDER:
		return error_set_errno(err, failure->errnum, "cannot enter %s", program->folder);
	case STAGE_EXEC:
		return error_set_errno(err, failure->errnum, "cannot start %s", program->argv[0]);
	default:
		return error_set_errno(err, failure->errnum, "cannot prepare the start of %s", program->argv[0]);
	}
}

static ssize_t read_report(int fd, struct spawn_failure *failure)
{
	ssize_t length;

	do
		length = read(fd, failure, sizeof(*failure));
	while (length < 0 && errno == EINTR);
	return length;
}

bool spawn_start(const struct program *program, int output, int cgroup, pid_t *ret_pid, struct error *err)
{
	struct spawn_failure failure;
	int report[2];
	ssize_t length;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	pid = clone_into(cgroup, become_program, &(struct spawn){ program, output, report[1] });
	if (pid < 0)
		error_set_errno(err, errno, "cannot fork");
	(void)close(report[1]);
	length = pid < 0 ? -1 : read_report(report[0], &failure);
	(void)close(report[0]);
	if (pid < 0)
		return false;
	if (length == 0) {
		*ret_pid = pid;
		return true;
	}
	(void)waitpid(pid, NULL, 0);
	if (length != sizeof(failure))
		return error_set(err, ERROR_SYSTEM, "%s was killed before it started", program->argv[0]);
	return explain(program, &failure, err);
}
