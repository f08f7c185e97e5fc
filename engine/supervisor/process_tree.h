// SPDX-License-Identifier: MIT
/*
 * The processes a step has made, seen from its supervisor. The supervisor is a sub-reaper: whatever loses its parent becomes its child, so that all of
 * them are below it in the tree, whatever sessions they made.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runbook/base/strbuf.h"

struct process {
	pid_t pid;
	pid_t parent;
	pid_t session;
	unsigned long long born; /* clock ticks after the boot: with the pid, what tells it from all others */
	bool in_own_session;     /* left the session of the supervisor, as a service does */
	bool is_ours;            /* below the supervisor */
	char name[17];
};

struct process_tree {
	struct process *items;
	size_t count;
	size_t alloc;
};

#define PROCESS_TREE_INIT  \
	{                  \
		NULL, 0, 0 \
	}

void process_tree_release(struct process_tree *tree);

/* Reads all that lives below the calling process (zombies left out). An unreadable /proc gives an empty tree. */
void process_tree_read(struct process_tree *tree);

/*
 * Reads what is left of an attempt whose supervisor died: what lives in the session `session`, which was the supervisor's, and is a member of its control
 * group (`group`, the group's folder; NULL: none), or has the entry `entry` ("NAME=VALUE") in the environment it was started with, or a parent that is one
 * of them. A session's number alone could be somebody else's by now.
 */
void process_tree_read_orphans(struct process_tree *tree, pid_t session, const char *group, const char *entry);

enum process_scope { PROCESS_ALL, PROCESS_SAME_SESSION };

/* Sends `signal` (0: none) to each that is still the process that was read, never to one that got its number since; returns how many there were. */
size_t process_tree_signal(const struct process_tree *tree, enum process_scope scope, int signal);

/* Appends "NAME (PID), NAME (PID)" of those in scope. */
void process_tree_describe(const struct process_tree *tree, enum process_scope scope, struct strbuf *ret);
