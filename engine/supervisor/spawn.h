// SPDX-License-Identifier: MIT
/*
 * Starts a program in its own process group with nothing inherited but three descriptors, as soon as the engine allows it.
 */
#pragma once

#include <sys/types.h>

#include "runbook/base/error.h"

struct program {
	char *const *argv; /* argv[0] is an absolute path */
	char *const *envp;
	const char *folder; /* working folder */
};

struct spawn_request {
	const struct program *program;
	int output;  /* its standard output and error */
	int cgroup;  /* the folder of the control group it is born in; -1: ours */
	int notices; /* where the engine's word comes that it may start: engine/supervisor/notices.h */
};

enum spawn_result {
	SPAWN_STARTED,
	SPAWN_NOT_ALLOWED,
	SPAWN_FAILED, /* with an error; there is no process */
};

/*
 * Starts it once it is allowed, with /dev/null as standard input, default signal dispositions, an empty signal mask, umask 022 and no other open descriptor. All but exec is done
 * before, and the caller waits: it has one thread and no signal handlers. "Could not be started" and "failed" are never confused. The caller waits for *ret_pid, which is also its
 * process group.
 */
enum spawn_result spawn_start(const struct spawn_request *request, pid_t *ret_pid, struct error *err);
