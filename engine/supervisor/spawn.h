// SPDX-License-Identifier: MIT
/*
 * Starts a program in its own process group with nothing inherited but three descriptors.
 */
#pragma once

#include <sys/types.h>

#include "runbook/base/error.h"

struct program {
	char *const *argv; /* argv[0] is an absolute path */
	char *const *envp;
	const char *folder; /* working folder */
};

/*
 * Starts it with /dev/null as standard input, `output` as standard output and error, default signal dispositions, an empty signal mask, umask 022 and no other
 * open descriptor, born in the control group whose folder `cgroup` is (-1: ours). "Could not be started" and "failed" are never confused: if exec
 * fails, the error says so and there is no process. The caller, which has one thread and no signal handlers, waits for *ret_pid, which is also its
 * process group.
 */
bool spawn_start(const struct program *program, int output, int cgroup, pid_t *ret_pid, struct error *err);
