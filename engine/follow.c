// SPDX-License-Identifier: MIT
#include "engine/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "engine/console.h"
#include "engine/progress.h"
#include "engine/supervisor/supervisor.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"

/* An adopted supervisor cannot wake us when it ends: its lock is looked at this often. */
enum { LOCK_LOOK_MS = 100, SHOW_BYTES = 64 * 1024 };

struct follower {
	const struct follow_request *request;
	struct strbuf *trouble;
	bool in_trouble;
	char *buffer;
	int log;
	bool ended;
};

static void show_new_output(const struct follower *self)
{
	ssize_t length;

	while (!self->request->silent && self->log >= 0 && (length = read(self->log, self->buffer, SHOW_BYTES)) > 0)
		console_output(self->buffer, (size_t)length);
}

/* Bytes that only say "the log has grown" are dropped; the text behind the first that does not is what went wrong. */
static void take_report(struct follower *self, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (self->in_trouble)
			strbuf_add_char(self->trouble, data[i]);
		else
			self->in_trouble = data[i] == SUPERVISOR_TROUBLE;
	}
}

static void read_report(struct follower *self)
{
	char text[512];
	ssize_t length;

	while ((length = read(self->request->report, text, sizeof(text))) > 0)
		take_report(self, text, (size_t)length);
	self->ended = length == 0 || (errno != EAGAIN && errno != EINTR);
}

static bool is_over(struct follower *self, struct error *err)
{
	bool locked;

	if (self->request->report >= 0)
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
			 "leaving at signal %d (%s); the running step goes on", number, sigabbrev_np(number));
}

static bool follow_loop(struct follower *self, struct error *err)
{
	while (!self->ended) {
		struct pollfd fds[] = { { .fd = self->request->report, .events = POLLIN },
					{ .fd = self->request->signals->fd, .events = POLLIN } };

		if (poll(fds, 2, progress_wait_ms(self->request->report < 0 ? LOCK_LOOK_MS : -1)) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "poll");
		if (fds[0].revents)
			read_report(self);
		if (fds[1].revents && !signals_take(self->request->signals))
			return leave(self, err);
		if (!is_over(self, err))
			return false;
		show_new_output(self);
		progress_tick();
	}
	return true;
}

bool follow_attempt(const struct follow_request *request, struct strbuf *ret_trouble, struct error *err)
{
	CLEANUP_FREE char *buffer = xmalloc(SHOW_BYTES);
	CLEANUP_FD int log = open(request->log_path, O_RDONLY | O_CLOEXEC);
	struct follower self = { .request = request, .trouble = ret_trouble, .buffer = buffer, .log = log };
	bool fine;

	show_new_output(&self);
	fine = follow_loop(&self, err);
	if (!request->silent)
		console_output_end();
	return fine;
}
