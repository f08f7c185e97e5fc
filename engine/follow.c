// SPDX-License-Identifier: MIT
#include "engine/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>

#include "engine/console.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"

/* An adopted supervisor cannot wake us when it ends: its lock is looked at this often. */
enum { LOCK_LOOK_MS = 100, SHOW_BYTES = 64 * 1024 };

struct follower {
	const struct follow_request *request;
	struct strbuf *report;
	char *buffer;
	int log;
	int changes; /* inotify on the log */
	bool ended;
};

static void show_new_output(const struct follower *self)
{
	ssize_t length;

	while (!self->request->silent && self->log >= 0 && (length = read(self->log, self->buffer, SHOW_BYTES)) > 0)
		console_output(self->buffer, (size_t)length);
}

static void read_report(struct follower *self)
{
	char text[512];
	ssize_t length = read(self->request->report, text, sizeof(text));

	if (length > 0)
		strbuf_add(self->report, text, (size_t)length);
	else if (length == 0 || errno != EINTR)
		self->ended = true;
}

static void forget_changes(const struct follower *self)
{
	char events[4096];

	while (read(self->changes, events, sizeof(events)) > 0)
		continue;
}

static bool is_over(struct follower *self, struct error *err)
{
	bool present, locked;

	if (self->request->report >= 0)
		return true;
	if (!work_folder_is_locked(self->request->attempt_folder, &present, &locked, err))
		return false;
	self->ended = !locked;
	return true;
}

/* Nobody wakes us at the end of an adopted attempt, or where inotify has run out of watches. */
static bool look_now_and_then(const struct follower *self)
{
	return self->request->report < 0 || (self->changes < 0 && !self->request->silent);
}

static bool leave(const struct follower *self, struct error *err)
{
	int number = self->request->signals->leave;

	return error_set(err, (enum error_code)(ERROR_SIGNAL + number),
			 "leaving at signal %d (%s); the running step goes on", number, sigabbrev_np(number));
}

static bool follow_loop(struct follower *self, struct error *err)
{
	while (!self->ended) {
		struct pollfd fds[] = { { .fd = self->request->report, .events = POLLIN },
					{ .fd = self->changes, .events = POLLIN },
					{ .fd = self->request->signals->fd, .events = POLLIN } };

		if (poll(fds, 3, look_now_and_then(self) ? LOCK_LOOK_MS : -1) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "poll");
		if (fds[0].revents)
			read_report(self);
		if (fds[1].revents)
			forget_changes(self);
		if (fds[2].revents && !signals_take(self->request->signals))
			return leave(self, err);
		if (!is_over(self, err))
			return false;
		show_new_output(self);
	}
	return true;
}

bool follow_attempt(const struct follow_request *request, struct strbuf *ret_report, struct error *err)
{
	CLEANUP_FREE char *buffer = xmalloc(SHOW_BYTES);
	CLEANUP_FD int log = open(request->log_path, O_RDONLY | O_CLOEXEC);
	CLEANUP_FD int changes = request->silent ? -1 : inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct follower self = { request, ret_report, buffer, log, changes, false };
	bool fine;

	if (changes >= 0)
		(void)inotify_add_watch(changes, request->log_path, IN_MODIFY);
	show_new_output(&self);
	fine = follow_loop(&self, err);
	if (!request->silent)
		console_output_end();
	return fine;
}
