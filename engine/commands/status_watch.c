// SPDX-License-Identifier: MIT
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "engine/commands/status.h"
#include "engine/terminal.h"

enum { REDRAW_MS = 1000 };

/* Steps around the one that is next: as many as could be shown. */
static bool choose_range(const struct command_context *context, const struct ledger_runbook *runbook, size_t rows,
			 struct status_view *view, struct error *err)
{
	uint32_t next, around = (uint32_t)rows;

	if (!ledger_step_next(context->ledger, runbook->key, &next, err))
		return false;
	if (!next)
		next = runbook->step_count;
	view->first = next > around ? next - around : 1;
	view->last = runbook->step_count - next > around ? next + around : runbook->step_count;
	return true;
}

/* Head and tail, and of the table between them as much as there is room for, with the line that matters most in its middle. */
static void draw_fitted(const struct strv *lines, const struct status_marks *marks, size_t rows)
{
	CLEANUP_STRV struct strv chosen = STRV_INIT;
	size_t fixed = marks->body + lines->count - marks->tail;
	size_t room = rows > fixed ? rows - fixed : 1;
	size_t from = marks->focus > marks->body + room / 2 ? marks->focus - room / 2 : marks->body;

	if (from + room > marks->tail)
		from = marks->tail > marks->body + room ? marks->tail - room : marks->body;
	for (size_t i = 0; i < lines->count && chosen.count < rows; i++)
		if (i < marks->body || i >= marks->tail || (i >= from && i < from + room))
			strv_push(&chosen, lines->items[i]);
	terminal_screen_draw(chosen.items, chosen.count);
}

static bool draw(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP_STRV struct strv lines = STRV_INIT;
	struct status_marks marks = { 0 };
	struct terminal_size size = terminal_size(STDOUT_FILENO);
	struct status_view view = { .columns = size.columns, .lines = &lines, .marks = &marks };

	if (!ledger_runbook_get(context->ledger, id, &runbook, err) ||
	    !choose_range(context, &runbook, size.rows, &view, err) || !status_print(context, &runbook, &view, err))
		return false;
	draw_fitted(&lines, &marks, size.rows);
	return true;
}

static int open_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaddset(&set, numbers[i]);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for a key, a signal or the time to draw again; returns false if that is the end of it. */
static bool wait_for_more(int signals, bool has_keys)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN },
				{ .fd = has_keys ? STDIN_FILENO : -1, .events = POLLIN } };
	struct signalfd_siginfo info;
	char key;

	(void)poll(fds, 2, REDRAW_MS);
	if (fds[0].revents && read(signals, &info, sizeof(info)) > 0 && info.ssi_signo != SIGWINCH)
		return false;
	if (!fds[1].revents)
		return true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

bool status_watch(const struct command_context *context, const char *id, struct error *err)
{
	CLEANUP(terminal_screen_release) struct terminal_screen screen = TERMINAL_SCREEN_INIT;
	CLEANUP_FD int signals = -1;

	if (context->json || !terminal_can_draw(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "-watch draws on a terminal, and this is none; without it status prints");
	signals = open_signals();
	if (signals < 0)
		return error_set(err, ERROR_SYSTEM, "cannot take signals");
	terminal_screen_open(&screen);
	do {
		if (!draw(context, id, err))
			return false;
	} while (wait_for_more(signals, screen.has_keys));
	return true;
}
