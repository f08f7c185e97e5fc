// SPDX-License-Identifier: MIT
#include "engine/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "engine/console.h"
#include "engine/progress.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"

/* A supervisor whose notices we do not get cannot wake us when it ends: its lock is looked at this often. */
enum { LOCK_LOOK_MS = 100, SHOW_BYTES = 64 * 1024 };

struct follower {
	const struct follow_request *request;
	struct follow_end *end;
	int notices; /* -1: none, or no more */
	char *buffer;
	int log;
	bool ended;
};

void follow_end_release(struct follow_end *end)
{
	strbuf_release(&end->text);
	*end = (struct follow_end)FOLLOW_END_INIT;
}

static void show_new_output(const struct follower *self)
{
	ssize_t length;

	while (!self->request->silent && self->log >= 0 && (length = read(self->log, self->buffer, SHOW_BYTES)) > 0)
		console_output(self->buffer, (size_t)length);
}

/* What is said of the end is kept. */
static enum notice take_notice(int fd, bool may_wait, struct follow_end *end)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	enum notice notice = notices_receive(fd, may_wait, &text);

	if (notice == NOTICE_ENDED || notice == NOTICE_TROUBLE) {
		follow_end_release(end);
		*end = (struct follow_end){ notice, text };
		text = (struct strbuf)STRBUF_INIT;
	}
	return notice;
}

static void take_notices(struct follower *self)
{
	enum notice notice;

	do
		notice = take_notice(self->notices, false, self->end);
	while (notice == NOTICE_OUTPUT || notice == NOTICE_TROUBLE || notice == NOTICE_KEPT);
	self->ended = notice == NOTICE_ENDED;
	if (notice == NOTICE_CLOSED)
		self->notices = -1;
}

/* Without notices only the lock tells. Notices may end early, where the system has no memory left for them. */
static bool look_at_lock(struct follower *self, struct error *err)
{
	bool locked;

	if (self->notices >= 0)
		return true;
	if (!work_folder_is_locked(self->request->attempt_folder, &locked, err))
		return false;
	self->ended = !locked;
	return true;
}

static bool leave(const struct follower *self, struct error *err)
{
	int number = self->request->signals->leave;

	return error_set(err, (enum error_code)(ERROR_SIGNAL + number),
			 "leaving at signal %d (%s); the running step goes on unless it was sent that, too", number,
			 sigabbrev_np(number));
}

static bool follow_loop(struct follower *self, struct error *err)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = self->notices, .events = POLLIN },
					{ .fd = self->request->signals->fd, .events = POLLIN } };

		if (!look_at_lock(self, err))
			return false;
		show_new_output(self);
		progress_tick();
		if (self->ended)
			return true;
		if (poll(fds, 2, progress_wait_ms(self->notices < 0 ? LOCK_LOOK_MS : -1)) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "poll");
		if (fds[0].revents)
			take_notices(self);
		if (fds[1].revents && !signals_take(self->request->signals))
			return leave(self, err);
	}
}

bool follow_attempt(const struct follow_request *request, struct follow_end *ret, struct error *err)
{
	CLEANUP_FREE char *buffer = xmalloc(SHOW_BYTES);
	CLEANUP_FD int log = open(request->log_path, O_RDONLY | O_CLOEXEC);
	struct follower self = {
		.request = request, .end = ret, .notices = request->notices, .buffer = buffer, .log = log
	};
	bool fine;

	fine = follow_loop(&self, err);
	if (!request->silent)
		console_output_end();
	return fine;
}

/* Who is not told looks. */
static bool wait_for_unlock(const char *attempt_folder, struct error *err)
{
	bool locked;

	while (work_folder_is_locked(attempt_folder, &locked, err) && locked)
		(void)usleep(LOCK_LOOK_MS * 1000);
	return !error_is_set(err);
}

bool follow_to_close(const char *attempt_folder, int notices, struct follow_end *ret, struct error *err)
{
	enum notice notice;

	do
		notice = take_notice(notices, true, ret);
	while (notice != NOTICE_KEPT && notice != NOTICE_CLOSED);
	if (notice == NOTICE_CLOSED)
		return wait_for_unlock(attempt_folder, err);
	ret->notice = notice;
	return true;
}
