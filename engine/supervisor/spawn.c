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

struct spawn {
	const struct program *program;
	int output;
	enum spawn_stage stage;
	int errnum; /* why it failed there; 0: the program was started, or killed before it could say so */
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

static int become_program(void *context)
{
	struct spawn *spawn = context;

	(void)setpgid(0, 0);
	quiet_signals_end();
	reset_oom_score();
	(void)umask(022);
	if (arrange_descriptors(spawn->output)) {
		spawn->stage = STAGE_FOLDER;
		if (chdir(spawn->program->folder) == 0) {
			spawn->stage = STAGE_EXEC;
			(void)execve(spawn->program->argv[0], spawn->program->argv, spawn->program->envp);
		}
	}
	spawn->errnum = errno;
	_exit(127);
}

/* ---- In the one that makes it ----------------------------------------------------------------------------- */

static bool explain(const struct spawn *spawn, struct error *err)
{
	switch (spawn->stage) {
	case STAGE_FOLDER:
		return error_set_errno(err, spawn->errnum, "cannot enter %s", spawn->program->folder);
	case STAGE_EXEC:
		return error_set_errno(err, spawn->errnum, "cannot start %s", spawn->program->argv[0]);
	default:
		return error_set_errno(err, spawn->errnum, "cannot prepare the start of %s", spawn->program->argv[0]);
	}
}

bool spawn_start(const struct program *program, int output, int cgroup, pid_t *ret_pid, struct error *err)
{
	struct spawn spawn = { .program = program, .output = output };
	pid_t pid = clone_into(cgroup, become_program, &spawn);

	if (pid < 0)
		return error_set_errno(err, errno, "cannot fork");
	if (spawn.errnum) {
		(void)waitpid(pid, NULL, 0);
		return explain(&spawn, err);
	}
	*ret_pid = pid;
	return true;
}
