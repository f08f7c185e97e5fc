// SPDX-License-Identifier: MIT
#include "engine/substep/step_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED = 126, EXIT_NOT_FOUND = 127 };

static const int passed_on[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };

static void fill_set(sigset_t *set)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		(void)sigaddset(set, passed_on[i]);
}

/* What went wrong is told through `report`, which exec closes. */
static _Noreturn void become_command(const struct step_command *request, const sigset_t *mask, pid_t parent, int report)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	(void)umask(request->umask);
	/* Killed between fork and the line above, the parent could not tell us any more. */
	if (getppid() == parent && (!request->folder || chdir(request->folder) == 0))
		(void)execvp(request->argv[0], request->argv);
	if (write(report, &errno, sizeof(errno)) < 0) {
		/* Nobody is left who could hear it. */
	}
	_exit(EXIT_NOT_STARTED);
}

static void note_end(int status, struct step_command_end *ret)
{
	*ret = (struct step_command_end){ .exit_code = -1 };
	if (WIFEXITED(status))
		ret->exit_code = WEXITSTATUS(status);
	else
		ret->signal = WTERMSIG(status);
}

static void wait_for_end(pid_t child, const sigset_t *set, struct step_command_end *ret)
{
	int status;

	while (waitpid(child, &status, WNOHANG) != child) {
		int number = sigwaitinfo(set, NULL);

		if (number > 0 && number != SIGCHLD)
			(void)kill(child, number);
	}
	note_end(status, ret);
}

/* Returns 0, or the errno value that says why it could not be started. */
static int start(const struct step_command *request, const sigset_t *mask, pid_t *ret)
{
	pid_t own = getpid();
	int report[2];
	int failure;

	if (pipe2(report, O_CLOEXEC) < 0)
		return errno;
	*ret = fork();
	if (*ret == 0)
		become_command(request, mask, own, report[1]);
	failure = *ret < 0 ? errno : 0;
	(void)close(report[1]);
	if (*ret > 0 && read(report[0], &failure, sizeof(failure)) == (ssize_t)sizeof(failure))
		(void)waitpid(*ret, NULL, 0);
	(void)close(report[0]);
	return failure;
}

bool step_command_run(const struct step_command *request, struct step_command_end *ret, struct error *err)
{
	sigset_t set, before;
	pid_t child = 0;
	int failure;

	fill_set(&set);
	/* An ignored SIGCHLD, inherited, would leave nothing to wait for. */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	failure = start(request, &before, &child);
	if (!failure)
		wait_for_end(child, &set, ret);
	else
		*ret = (struct step_command_end){ .exit_code = failure == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_STARTED };
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return !failure || error_set_errno(err, failure, "%s", request->argv[0]);
}
