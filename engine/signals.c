// SPDX-License-Identifier: MIT
#include "engine/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "engine/console.h"
#include "runbook/base/clock.h"

bool signals_open(struct signals *signals, struct error *err)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals->fd >= 0 || error_set_errno(err, errno, "signalfd");
}

void signals_release(struct signals *signals)
{
	if (signals->fd >= 0)
		(void)close(signals->fd);
	signals->fd = -1;
}

bool signals_take(struct signals *signals)
{
	struct signalfd_siginfo info;

	while (read(signals->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			continue;
		if (info.ssi_signo == SIGINT && !signals->stop_after && !signals->looks_on) {
			signals->stop_after = SIGINT;
			console_note("stopping when this step has ended; once more to leave it running and go");
		} else {
			signals->leave = (int)info.ssi_signo;
		}
	}
	return !signals->leave;
}

int signals_number(const struct signals *signals)
{
	return signals->leave ? signals->leave : signals->stop_after;
}

bool signals_pause(struct signals *signals, int64_t pause_ms)
{
	int64_t until_ns = clock_boot_ns() + pause_ms * 1000000;
	int64_t left_ms = pause_ms;

	while (left_ms > 0) {
		struct pollfd fd = { .fd = signals->fd, .events = POLLIN };

		(void)poll(&fd, 1, (int)left_ms);
		if (fd.revents && (!signals_take(signals) || signals->stop_after))
			return false;
		left_ms = (until_ns - clock_boot_ns()) / 1000000;
	}
	return true;
}
