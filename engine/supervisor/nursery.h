// SPDX-License-Identifier: MIT
/*
 * Makes supervisors before they are needed.
 *
 * To fork costs more than all else that a short step costs the engine, and afterwards every page that either side writes is copied. So the engine forks once: the nursery is a
 * small fork of it that makes the supervisors: two, of which one waits while the other runs a step, each in a session of its own. With its
 * attempt a supervisor gets the lock of the attempt's folder, which it keeps until the outcome is durable: that lock, never a process id, tells
 * others that it lives. If nothing is left of the step then, it waits for another; else it ends, and a new one is made. The nursery and those that wait end with
 * the engine; those with an attempt go on.
 */
#pragma once

#include "engine/supervisor/shared_request.h"

/* A request stays where it is while its supervisor works: that of the next attempt needs another place. */
enum { NURSERY_SLOTS = 2 };

struct nursery {
	pid_t pid;   /* 0: none */
	int channel; /* to whoever waits */
	struct shared_request *slots[NURSERY_SLOTS];
	unsigned slot; /* of the last request */
};

#define NURSERY_INIT          \
	{                     \
		.channel = -1 \
	}

/*
 * Has a supervisor begin the attempt, up to where notices_allow() lets it start the script; the first call makes the nursery. Lock and log are then the supervisor's too: the caller closes its copies, and receives the
 * notices (engine/supervisor/notices.h) from *ret_notices until they are closed: then the outcome is durable, or the supervisor has said why not, or was killed.
 * If this fails nothing ran. An attempt may begin while the one before makes its outcome durable, not sooner.
 */
bool nursery_begin(struct nursery *nursery, const struct supervise_request *request, int *ret_notices,
		   struct error *err);

void nursery_release(struct nursery *nursery);
