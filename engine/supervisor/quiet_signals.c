// SPDX-License-Identifier: MIT
#include "engine/supervisor/quiet_signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2 };

static void handle_ignored(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)sigaction(ignored[i], &action, NULL);
}

int quiet_signals_begin(void)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t child;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &standard, NULL);
	handle_ignored(SIG_IGN);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &child, NULL);
	return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void quiet_signals_end(void)
{
	sigset_t none;

	handle_ignored(SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}
