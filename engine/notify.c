// SPDX-License-Identifier: MIT
#include "engine/notify.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/console.h"
#include "runbook/base/alloc.h"
#include "runbook/base/cleanup.h"
#include "runbook/base/clock.h"
#include "runbook/base/strbuf.h"

enum {
	SOCKET = 3,               /* in the process that runs the command */
	EVENT_LIMIT = 128 * 1024, /* bytes of a message: name, NUL, line */
	LOOK_AGAIN_NS = 10000000, /* whether a process has ended */
	FINISH_MORE_MS = 1000,    /* for the process itself, beyond its command */
};

/* ---- In the process that runs the command ---------------------------------------------------------------- */

static void take_standard_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A file in memory: the command need not read it, and a long event does not make anybody wait. */
static int make_input(const char *line)
{
	int fd = memfd_create("event", MFD_CLOEXEC);
	size_t length = strlen(line);

	if (fd < 0 || write(fd, line, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) < 0) {
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	return fd;
}

static _Noreturn void become_command(const struct notify_request *request, const char *name, int input)
{
	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	if (dup2(input, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    setenv("RUNBOOK_EVENT", name, 1) < 0 || setenv("RUNBOOK_ID", request->runbook_id, 1) < 0)
		_exit(127);
	(void)close_range(SOCKET, ~0U, CLOSE_RANGE_CLOEXEC);
	(void)execl("/bin/sh", "sh", "-c", request->command, (char *)NULL);
	_exit(127);
}

/* Waits at most so long; returns false if the process has not ended. */
static bool wait_for(pid_t pid, int64_t timeout_ms, int *ret_status)
{
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_NS };
	int64_t until = clock_boot_ns() + timeout_ms * 1000000;
	pid_t ended;

	do {
		ended = waitpid(pid, ret_status, WNOHANG);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return true;
		(void)nanosleep(&pause, NULL);
	} while (clock_boot_ns() < until);
	return false;
}

/* What became of it, for people; NULL: it succeeded. The caller frees it. */
static char *run_command(const struct notify_request *request, const char *name, const char *line)
{
	CLEANUP_FD int input = make_input(line);
	int status = 0;
	pid_t pid;

	if (input < 0)
		return xasprintf("could not get its input: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		become_command(request, name, input);
	if (pid < 0)
		return xasprintf("could not be started: %s", strerror(errno));
	(void)setpgid(pid, pid);
	if (!wait_for(pid, request->timeout_ms, &status)) {
		(void)kill(-pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		return xasprintf("took longer than %g s and was ended", (double)request->timeout_ms / 1000);
	}
	if (WIFSIGNALED(status))
		return xasprintf("was ended by signal %d (%s)", WTERMSIG(status), sigabbrev_np(WTERMSIG(status)));
	return WEXITSTATUS(status) ? xasprintf("failed with exit code %d", WEXITSTATUS(status)) : NULL;
}

/* Its own session: a signal for the run's terminal is not for the command. */
static _Noreturn void run_notifier(const struct notify_request *request, int socket)
{
	char *message = xmalloc(EVENT_LIMIT + 1);
	bool told = false;
	ssize_t length;

	(void)setsid();
	take_standard_signals();
	(void)signal(SIGPIPE, SIG_IGN);
	if (socket != SOCKET && dup2(socket, SOCKET) < 0)
		_exit(1);
	(void)close_range(SOCKET + 1, ~0U, 0);
	while ((length = recv(SOCKET, message, EVENT_LIMIT, 0)) > 0) {
		CLEANUP_FREE char *trouble = NULL;

		message[length] = '\0';
		trouble = run_command(request, message, message + strlen(message) + 1);
		if (trouble && !told)
			console_note("the -notify command %s at the event %s; the run goes on, and further failures of "
				     "the command are not told",
				     trouble, message);
		told = told || trouble;
	}
	_exit(0);
}

/* ---- In the engine --------------------------------------------------------------------------------------- */

void notify_start(struct notify *notify, const struct notify_request *request)
{
	int sockets[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) {
		console_note("nobody is notified: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (pid == 0) {
		(void)close(sockets[0]);
		run_notifier(request, sockets[1]);
	}
	(void)close(sockets[1]);
	if (pid < 0) {
		console_note("nobody is notified: %s", strerror(errno));
		(void)close(sockets[0]);
		return;
	}
	*notify = (struct notify){ .socket = sockets[0], .pid = pid, .timeout_ms = request->timeout_ms };
}

void notify_send(struct notify *notify, const char *name, const char *line, size_t length)
{
	CLEANUP_STRBUF struct strbuf message = STRBUF_INIT;

	if (notify->socket < 0)
		return;
	strbuf_add(&message, name, strlen(name) + 1);
	strbuf_add(&message, line, length);
	if (message.length > EVENT_LIMIT ||
	    send(notify->socket, message.data, message.length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		console_note("the event %s was not handed to the -notify command, which is busy or gone", name);
}

void notify_finish(struct notify *notify, bool wait)
{
	int status;

	if (notify->socket < 0)
		return;
	(void)close(notify->socket);
	notify->socket = -1;
	if (wait)
		(void)wait_for(notify->pid, notify->timeout_ms + FINISH_MORE_MS, &status);
}
