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
#include "engine/supervisor/notices.h"
#include "engine/supervisor/quiet_signals.h"

enum spawn_stage { STAGE_PREPARE, STAGE_FOLDER, STAGE_EXEC, STAGE_NOT_ALLOWED };

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
	const struct spawn_request *request;
	int report;
};

static struct spawn_failure prepare(const struct spawn_request *request)
{
	(void)setpgid(0, 0);
	reset_oom_score();
	(void)umask(022);
	if (!arrange_descriptors(request->output))
		return (struct spawn_failure){ STAGE_PREPARE, errno };
	if (chdir(request->program->folder) < 0)
		return (struct spawn_failure){ STAGE_FOLDER, errno };
	return (struct spawn_failure){ STAGE_EXEC, 0 };
}

/* Whatever fails is told through the report, which exec closes. */
static int become_program(void *context)
{
	const struct spawn *spawn = context;
	const struct program *program = spawn->request->program;
	struct spawn_failure failure = prepare(spawn->request);

	if (!notices_is_allowed(spawn->request->notices)) {
		failure.stage = STAGE_NOT_ALLOWED;
	} else if (failure.stage == STAGE_EXEC) {
		quiet_signals_end();
		(void)execve(program->argv[0], program->argv, program->envp);
		failure.errnum = errno;
	}
	if (write(spawn->report, &failure, sizeof(failure)) < 0) {
		/* Nobody is left who could hear it. */
	}
	_exit(127);
}

/* ---- In the one that makes it ----------------------------------------------------------------------------- */

static void explain(const struct program *program, const struct spawn_failure *failure, struct error *err)
{
	switch (failure->stage) {
	case STAGE_FOLDER:
		error_set_errno(err, failure->errnum, "cannot enter %s", program->folder);
		break;
	case STAGE_EXEC:
		error_set_errno(err, failure->errnum, "cannot start %s", program->argv[0]);
		break;
	default:
		error_set_errno(err, failure->errnum, "cannot prepare the start of %s", program->argv[0]);
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

/* That nothing could be started counts only if something was to be. */
static enum spawn_result no_process(const struct spawn_request *request)
{
	return notices_is_allowed(request->notices) ? SPAWN_FAILED : SPAWN_NOT_ALLOWED;
}

enum spawn_result spawn_start(const struct spawn_request *request, pid_t *ret_pid, struct error *err)
{
	struct spawn_failure failure;
	int report[2];
	ssize_t length;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "cannot make a pipe");
		return no_process(request);
	}
	pid = clone_into(request->cgroup, become_program, &(struct spawn){ request, report[1] });
	if (pid < 0)
		error_set_errno(err, errno, "cannot fork");
	(void)close(report[1]);
	length = pid < 0 ? -1 : read_report(report[0], &failure);
	(void)close(report[0]);
	if (pid < 0)
		return no_process(request);
	if (length == 0) {
		*ret_pid = pid;
		return SPAWN_STARTED;
	}
	(void)waitpid(pid, NULL, 0);
	if (length != sizeof(failure))
		error_set(err, ERROR_SYSTEM, "%s was killed before it started", request->program->argv[0]);
	else if (failure.stage == STAGE_NOT_ALLOWED)
		return SPAWN_NOT_ALLOWED;
	else
		explain(request->program, &failure, err);
	return SPAWN_FAILED;
}
