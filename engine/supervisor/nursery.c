// SPDX-License-Identifier: MIT
#include "engine/supervisor/nursery.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/cleanup.h"

/* Where the descriptors of the nursery and of a supervisor are once all others are closed. */
enum { FD_CHANNEL = 3, FD_TAKEN, FD_FIRST_FREE };

/* What a supervisor gets with its attempt. */
enum { PASS_LOCK, PASS_LOG, PASS_REPORT, PASS_COUNT };

/* Room for them beside a message, aligned as the kernel wants it. */
union passed {
	struct cmsghdr header;
	char room[CMSG_SPACE(PASS_COUNT * sizeof(int))];
};

/* ---- A supervisor ----------------------------------------------------------------------------------------- */

/*
 * Waits for its attempt. False: nobody has one any more, or it cannot be received (*ret_trouble): then the next one could not, either, and the nursery ends,
 * which tells the engine.
 */
static bool receive(int ret_passed[PASS_COUNT], bool *ret_trouble)
{
	union passed passed;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &passed, .msg_controllen = sizeof(passed)
	};
	const struct cmsghdr *header;
	ssize_t length;

	do
		length = recvmsg(FD_CHANNEL, &message, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	*ret_trouble = length < 0;
	header = length == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!header || header->cmsg_len != CMSG_LEN(PASS_COUNT * sizeof(int)))
		return false;
	memcpy(ret_passed, CMSG_DATA(header), PASS_COUNT * sizeof(int));
	return true;
}

static void report_trouble(int report, const struct error *err)
{
	CLEANUP_FREE char *text = xasprintf("%c%s", SUPERVISOR_TROUBLE, err->message);

	if (write(report, text, strlen(text)) < 0) {
		/* The engine is gone: the next one finds no outcome and says that it is unknown. */
	}
}

static bool run_attempt(struct supervisor *supervisor, const struct supervise_request *request, const int *passed)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool done;

	(void)prctl(PR_SET_NAME, "runbook-step");
	done = supervisor_run(supervisor, request, passed[PASS_LOG], passed[PASS_REPORT], &err);
	if (!done)
		report_trouble(passed[PASS_REPORT], &err);
	/* Whoever waits for us may go on while we tidy up. */
	(void)close(passed[PASS_LOCK]);
	(void)close(passed[PASS_REPORT]);
	return done;
}

static _Noreturn void be_supervisor(const struct supervise_request *request)
{
	struct supervisor *supervisor;
	int passed[PASS_COUNT];
	bool done = true;
	bool trouble = false;

	(void)setsid();
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	supervisor = supervisor_new();
	if (receive(passed, &trouble)) {
		/* The nursery makes the next one. */
		(void)close(FD_TAKEN);
		(void)close(FD_CHANNEL);
		done = run_attempt(supervisor, request, passed);
	}
	if (trouble && write(FD_TAKEN, "!", 1) < 0) {
		/* The nursery is gone already. */
	}
	supervisor_free(supervisor);
	_exit(done ? 0 : ERROR_SYSTEM);
}

/* ---- The nursery ------------------------------------------------------------------------------------------ */

static bool keep_descriptors(int channel)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* First out of the way: its place may be taken. */
	int kept = fcntl(channel, F_DUPFD_CLOEXEC, 64);

	if (kept < 0 || dup3(kept, FD_CHANNEL, O_CLOEXEC) < 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (dup2(null, i) < 0)
			return false;
	return close_range(FD_CHANNEL + 1, ~0U, 0) == 0;
}

static void protect_from_oom(void)
{
	CLEANUP_FD int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "-999", 4) < 0) {
		/* Only root may; others are as likely to be killed as their step. */
	}
}

static bool is_engine_gone(void)
{
	char byte;

	return recv(FD_CHANNEL, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Makes one supervisor, and waits until it has taken an attempt or has ended without. False if there is no use in making another. */
static bool make_one(const struct supervise_request *request)
{
	int taken[2];
	char byte;
	ssize_t length = 0;
	pid_t pid;

	if (pipe2(taken, O_CLOEXEC) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		(void)close(taken[0]);
		if (taken[1] != FD_TAKEN && dup3(taken[1], FD_TAKEN, O_CLOEXEC) < 0)
			_exit(ERROR_SYSTEM);
		(void)close_range(FD_FIRST_FREE, ~0U, 0);
		be_supervisor(request);
	}
	(void)close(taken[1]);
	while (pid > 0 && (length = read(taken[0], &byte, sizeof(byte))) < 0 && errno == EINTR)
		continue;
	(void)close(taken[0]);
	return pid > 0 && length != 1;
}

static _Noreturn void be_nursery(const struct supervise_request *request, int channel)
{
	static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP,
				       SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGCHLD };
	bool made = true;
	sigset_t none;

	/* Its end comes with the engine's; of its children's it wants to know nothing. */
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_NAME, "runbook-nursery");
	protect_from_oom();
	if (chdir("/") < 0 || !keep_descriptors(channel))
		_exit(ERROR_SYSTEM);
	while (made && !is_engine_gone())
		made = make_one(request);
	_exit(made ? 0 : ERROR_SYSTEM);
}

/* ---- The engine's side ------------------------------------------------------------------------------------ */

static pid_t fork_nursery(const struct supervise_request *request, int channel)
{
	sigset_t all, before;
	pid_t pid;

	/* A signal must not end it before it has said which ones it ignores. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		be_nursery(request, channel);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static bool nursery_make(struct nursery *nursery, struct error *err)
{
	int channel[2];

	if (nursery->pid)
		return true;
	if (!nursery->shared && !(nursery->shared = shared_request_new(err)))
		return false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
		return error_set_errno(err, errno, "cannot make a socket");
	nursery->channel = channel[0];
	nursery->pid = fork_nursery(&nursery->shared->request, channel[1]);
	if (nursery->pid < 0) {
		nursery->pid = 0;
		error_set_errno(err, errno, "cannot fork");
	}
	(void)close(channel[1]);
	return nursery->pid > 0;
}

static void dismiss(struct nursery *nursery)
{
	if (nursery->channel >= 0)
		(void)close(nursery->channel);
	nursery->channel = -1;
	if (nursery->pid)
		(void)waitpid(nursery->pid, NULL, 0);
	nursery->pid = 0;
}

static bool send_passed(int channel, const int passed[PASS_COUNT])
{
	union passed room = { 0 };
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof(room)
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(PASS_COUNT * sizeof(int));
	memcpy(CMSG_DATA(header), passed, PASS_COUNT * sizeof(int));
	return sendmsg(channel, &message, MSG_NOSIGNAL) == 1;
}

/* A nursery that was killed, with the one that waited, is nobody's loss: there is a new one. */
static bool send_to_somebody(struct nursery *nursery, const int passed[PASS_COUNT], struct error *err)
{
	if (send_passed(nursery->channel, passed))
		return true;
	dismiss(nursery);
	if (!nursery_make(nursery, err))
		return false;
	return send_passed(nursery->channel, passed) || error_set_errno(err, errno, "cannot reach a supervisor");
}

bool nursery_begin(struct nursery *nursery, const struct supervise_request *request, int *ret_report, struct error *err)
{
	int report[2];
	bool sent;

	if (!nursery_make(nursery, err) || !shared_request_fill(nursery->shared, request, err))
		return false;
	/* A supervisor never waits for whoever reads it. */
	if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	sent = send_to_somebody(nursery, (const int[]){ request->lock, request->log, report[1] }, err);
	(void)close(report[1]);
	if (sent)
		*ret_report = report[0];
	else
		(void)close(report[0]);
	return sent;
}

void nursery_release(struct nursery *nursery)
{
	dismiss(nursery);
	shared_request_free(nursery->shared);
	*nursery = (struct nursery)NURSERY_INIT;
}
