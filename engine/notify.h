// SPDX-License-Identifier: MIT
/*
 * A command of the admin's that is told what happens to a run (-notify).
 *
 * A process of its own runs it, one event after the other: `/bin/sh -c COMMAND` with the event (one line of JSON) as standard input, our standard error
 * as its output, and the event's name in RUNBOOK_EVENT, the runbook's id in RUNBOOK_ID. Whatever the command does (fails, hangs, is not there) never affects
 * the run: the first time a note says so. After the time it has, its process group is killed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct notify_request {
	const char *command;
	const char *runbook_id;
	int64_t timeout_ms; /* what the command has for one event */
};

struct notify {
	int socket; /* to the process that runs the command; -1: there is none */
	pid_t pid;
	int64_t timeout_ms;
};

#define NOTIFY_INIT      \
	{                \
		-1, 0, 0 \
	}

/* Starts the process. If that fails a note says so, and nobody is notified. */
void notify_start(struct notify *notify, const struct notify_request *request);

/* Hands an event over: `name`, and its line. Never waits; an event for which there is no room is lost, with a note. */
void notify_send(struct notify *notify, const char *name, const char *line, size_t length);

/*
 * No more events come. With `wait` those that were sent are given their time, one timeout at most; otherwise, and behind that, the process goes on
 * alone.
 */
void notify_finish(struct notify *notify, bool wait);
