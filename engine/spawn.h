// SPDX-License-Identifier: MIT
/*
 * Starts a program in its own process group with nothing inherited but three descriptors.
 */
#pragma once

#include <sys/types.h>

#include "runbook/base/error.h"

struct spawn_request {
	char *const *argv; /* argv[0] is an absolute path */
	char *const *envp;
	const char *folder; /* working folder */
	int output;         /* becomes standard output and error */
	int cgroup;         /* open folder of the control group it is born in; -1: ours */
};

/*
 * Starts it with /dev/null as standard input, default signal dispositions, an empty signal mask, umask 022 and no other open descriptor. "Could not be started" and
 * "failed" are never confused: if exec fails, the error says so and there is no process. The caller waits for *ret_pid, which is also its process group.
 */
bool spawn_start(const struct spawn_request *request, pid_t *ret_pid, struct error *err);
