// SPDX-License-Identifier: MIT
/*
 * Makes supervisors before they are needed.
 *
 * To fork costs more than all else that a short step costs the engine, and afterwards every page that either side writes is copied. So the engine forks once: the nursery is a
 * small fork of it that makes the supervisors. One always waits for its attempt, in a session of its own; the next is made while the step runs. With its
 * attempt a supervisor gets the lock of the attempt's folder, which it keeps until the outcome is durable: that lock, never a process id, tells
 * others that it lives. The nursery and the one that waits end with the engine; those with an attempt go on.
 */
#pragma once

#include "engine/supervisor/shared_request.h"

struct nursery {
	pid_t pid;   /* 0: none */
	int channel; /* to whoever waits */
	struct shared_request *shared;
};

#define NURSERY_INIT          \
	{                     \
		.channel = -1 \
	}

/*
 * Has a supervisor begin the attempt; the first call makes the nursery. Lock and log are then the supervisor's too: the caller closes its copies, and reads *ret_report
 * (which never blocks) until the end of the file: then the outcome is durable, or the supervisor has said why not, or was killed. If this fails nothing ran.
 * One attempt at a time.
 */
bool nursery_begin(struct nursery *nursery, const struct supervise_request *request, int *ret_report,
		   struct error *err);

void nursery_release(struct nursery *nursery);
