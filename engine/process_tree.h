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
	bool in_own_session; /* left the session of the supervisor, as a service does */
	bool is_ours;        /* below the supervisor */
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

enum process_scope { PROCESS_ALL, PROCESS_SAME_SESSION };

/* Sends `signal` to each; returns how many there were. */
size_t process_tree_signal(const struct process_tree *tree, enum process_scope scope, int signal);

/* Appends "NAME (PID), NAME (PID)" of those in scope. */
void process_tree_describe(const struct process_tree *tree, enum process_scope scope, struct strbuf *ret);
