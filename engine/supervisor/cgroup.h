// SPDX-License-Identifier: MIT
/*
 * A control group (v2) for one attempt, where the kernel lets us make one: what is born in it cannot leave it, and all of it can be killed at once, however
 * fast it forks. Where there is none, the supervisor walks the process tree instead.
 */
#pragma once

#include <stdbool.h>

struct cgroup {
	int fd;     /* of the group's folder; -1: none */
	char *path; /* NULL: none */
	bool is_killed;
};

#define CGROUP_INIT             \
	{                       \
		-1, NULL, false \
	}

/* Makes a group below our own; leaves CGROUP_INIT where that is not possible. */
void cgroup_make(struct cgroup *ret);

/* Removes groups of ended attempts that a service kept alive when they ended and that are empty now. */
void cgroup_remove_leftovers(void);

/* Kills all that is in it. Nothing happens without a group. It cannot be used again: newer kernels kill what is born in it later, too. */
void cgroup_kill(struct cgroup *cgroup);

/* Removes the group if nothing lives in it (a service that goes on keeps it), and forgets it. */
void cgroup_release(struct cgroup *cgroup);
