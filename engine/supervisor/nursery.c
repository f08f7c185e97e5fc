// SPDX-License-Identifier: MIT
#include "engine/supervisor/nursery.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/supervisor/notices.h"
#include "engine/supervisor/quiet_signals.h"
#include "runbook/base/cleanup.h"

/* Where the descriptors of the nursery and of a supervisor are once all others are closed. */
enum { FD_CHANNEL = 3, FD_FIRST_FREE };

/* One runs a step while the other waits for the next. */
enum { SUPERVISOR_COUNT = 2 };

/* With this exit code a supervisor says that it cannot receive an attempt. */
enum { EXIT_DEAF = 99 };

/* What a supervisor gets with its attempt. */
enum { PASS_LOCK, PASS_LOG, PASS_NOTICES, PASS_COUNT };

/* Room for them beside a message, aligned as the kernel wants it. */
union passed {
	struct cmsghdr header;
	char room[CMSG_SPACE(PASS_COUNT * sizeof(int))];
};

/* ---- A supervisor ----------------------------------------------------------------------------------------- */

/* Waits for an attempt; *ret_slot is where its request is. False: nobody has one any more, or it cannot be received (*ret_deaf). */
static bool receive(int ret_passed[PASS_COUNT], unsigned *ret_slot, bool *ret_deaf)
{
	union passed passed;
	unsigned char slot;
	struct iovec data = { &slot, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &passed, .msg_controllen = sizeof(passed)
	};
	const struct cmsghdr *header;
	ssize_t length;

	do
		length = recvmsg(FD_CHANNEL, &message, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	*ret_deaf = length < 0;
	header = length == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!header || header->cmsg_len != CMSG_LEN(PASS_COUNT * sizeof(int)))
		return false;
	memcpy(ret_passed, CMSG_DATA(header), PASS_COUNT * sizeof(int));
	*ret_slot = slot % NURSERY_SLOTS;
	return true;
}

static bool run_attempt(struct supervisor *supervisor, const struct supervise_request *request, const int *passed)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool done;

	(void)prctl(PR_SET_NAME, "runbook-step");
	done = supervisor_run(supervisor, request, passed[PASS_LOG], passed[PASS_NOTICES], &err);
	if (!done)
		notices_send(passed[PASS_NOTICES], NOTICE_TROUBLE, err.message);
	/* First of all: the engine waits for it. */
	(void)close(passed[PASS_LOCK]);
	(void)close(passed[PASS_NOTICES]);
	supervisor_tidy(supervisor);
	(void)close(passed[PASS_LOG]);
	(void)prctl(PR_SET_NAME, "runbook-ready");
	return done;
}

/* A supervisor that has nothing left below it is as good as new, and costs less. */
static _Noreturn void be_supervisor(const struct shared_request *const *slots)
{
	struct supervisor *supervisor;
	int passed[PASS_COUNT];
	unsigned slot;
	bool done = true;
	bool deaf = false;

	(void)setsid();
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)prctl(PR_SET_NAME, "runbook-ready");
	supervisor = supervisor_new();
	while (done && supervisor_is_free(supervisor) && receive(passed, &slot, &deaf))
		done = run_attempt(supervisor, &slots[slot]->request, passed);
	supervisor_free(supervisor);
	_exit(deaf ? EXIT_DEAF : 0);
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

/* False if no further one can be made. */
static bool make_missing(const struct shared_request *const *slots, unsigned *count)
{
	while (*count < SUPERVISOR_COUNT) {
		pid_t pid = fork();

		if (pid < 0)
			return *count > 0;
		if (pid == 0) {
			(void)close_range(FD_FIRST_FREE, ~0U, 0);
			be_supervisor(slots);
		}
		++*count;
	}
	return true;
}

/* Until one has ended. False if the engine has, or if there is no use in making another. */
static bool wait_for_end(int ended, unsigned *count)
{
	struct pollfd fds[] = { { .fd = ended, .events = POLLIN }, { .fd = FD_CHANNEL, .events = 0 } };
	struct signalfd_siginfo info;
	bool deaf = false;
	int status;

	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		return false;
	if (read(ended, &info, sizeof(info)) < 0) {
		/* Only the channel has something to say. */
	}
	while (waitpid(-1, &status, WNOHANG) > 0) {
		--*count;
		deaf |= WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DEAF;
	}
	return !deaf && !fds[1].revents;
}

/* Its end comes with the engine's. */
static _Noreturn void be_nursery(const struct shared_request *const *slots, int channel)
{
	unsigned count = 0;
	int ended;

	(void)prctl(PR_SET_NAME, "runbook-nursery");
	protect_from_oom();
	if (chdir("/") < 0 || !keep_descriptors(channel) || (ended = quiet_signals_begin()) < 0)
		_exit(ERROR_SYSTEM);
	while (make_missing(slots, &count) && wait_for_end(ended, &count))
		continue;
	_exit(0);
}

/* ---- The engine's side ------------------------------------------------------------------------------------ */

static pid_t fork_nursery(const struct nursery *nursery, int channel)
{
	sigset_t all, before;
	pid_t pid;

	/* A signal must not end it before it has said which ones it ignores. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		be_nursery((const struct shared_request *const *)nursery->slots, channel);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static bool nursery_make(struct nursery *nursery, struct error *err)
{
	int channel[2];

	if (nursery->pid)
		return true;
	for (size_t i = 0; i < NURSERY_SLOTS; i++)
		if (!nursery->slots[i] && !(nursery->slots[i] = shared_request_new(err)))
			return false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) < 0)
		return error_set_errno(err, errno, "cannot make a socket");
	nursery->channel = channel[0];
	nursery->pid = fork_nursery(nursery, channel[1]);
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

static bool send_passed(const struct nursery *nursery, const int passed[PASS_COUNT])
{
	union passed room = { 0 };
	unsigned char slot = (unsigned char)nursery->slot;
	struct iovec data = { &slot, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &room, .msg_controllen = sizeof(room)
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(PASS_COUNT * sizeof(int));
	memcpy(CMSG_DATA(header), passed, PASS_COUNT * sizeof(int));
	return sendmsg(nursery->channel, &message, MSG_NOSIGNAL) == 1;
}

/* A nursery that was killed, with the one that waited, is nobody's loss: there is a new one. */
static bool send_to_somebody(struct nursery *nursery, const int passed[PASS_COUNT], struct error *err)
{
	if (send_passed(nursery, passed))
		return true;
	dismiss(nursery);
	if (!nursery_make(nursery, err))
		return false;
	return send_passed(nursery, passed) || error_set_errno(err, errno, "cannot reach a supervisor");
}

bool nursery_begin(struct nursery *nursery, const struct supervise_request *request, int *ret_notices,
		   struct error *err)
{
	int notices[2];
	bool sent;

	nursery->slot = (nursery->slot + 1) % NURSERY_SLOTS;
	if (!nursery_make(nursery, err) || !shared_request_fill(nursery->slots[nursery->slot], request, err) ||
	    !notices_open(notices, err))
		return false;
	sent = send_to_somebody(nursery, (const int[]){ request->lock, request->log, notices[1] }, err);
	(void)close(notices[1]);
	if (sent)
		*ret_notices = notices[0];
	else
		(void)close(notices[0]);
	return sent;
}

void nursery_release(struct nursery *nursery)
{
	dismiss(nursery);
	for (size_t i = 0; i < NURSERY_SLOTS; i++)
		shared_request_free(nursery->slots[i]);
	*nursery = (struct nursery)NURSERY_INIT;
}
