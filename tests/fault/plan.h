// SPDX-License-Identifier: MIT
/*
 * What the tracer is to do: its command line.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "tests/fault/calls.h"

/* What a traced process is. */
enum role {
	ROLE_UNKNOWN, /* born, but its parent's fork has not been seen yet */
	ROLE_ENGINE,  /* the command itself, and what it starts as itself again in the background */
	ROLE_NURSERY, /* a fork of the engine: what makes its supervisors, and they until they have a session of their own */
	ROLE_SUPERVISOR, /* one of those in a session of its own */
	ROLE_STARTER,    /* a fork of the supervisor that has not become the step's program yet */
	ROLE_STEP,       /* everything below */
	ROLE_COUNT
};

const char *role_name(enum role role);

enum action {
	ACTION_COUNT, /* nothing: only count the points */
	ACTION_KILL,  /* SIGKILL to the victims; the call is not done */
	ACTION_ERROR, /* the call is not done and gives an error */
	ACTION_CUT,   /* the file system loses all that is not durable, then everybody is killed */
	ACTION_RUN,   /* a shell command is run while the caller stands still */
};

enum repeat {
	REPEAT_ONCE,
	REPEAT_CALL, /* every later call of the same name by that role fails too */
	REPEAT_ALL,  /* every later call by that role fails that can give this error */
};

enum { LIES_LIMIT = 8 };

struct plan {
	enum action action;
	enum role role;
	unsigned long point; /* from 1, in the order of that role's points */
	enum point_kind kind;
	int errnum;
	enum repeat repeat;
	unsigned victims; /* a set of 1 << enum role */
	const char *mount;
	const char *shell_command;
	unsigned liars; /* a set of 1 << enum role: those whose calls `lies` do nothing and say that it worked */
	const struct call *lies[LIES_LIMIT];
	size_t lie_count;
	bool no_rename_flags; /* renameat2 knows none, as on NFS: no two names can change places */
	const char *report;   /* a file; NULL: standard error */
	bool list;            /* every point is told */
	char **command;
};

/* False if it is not understood: then the usage has been printed. */
bool plan_parse(char **argv, struct plan *ret);
