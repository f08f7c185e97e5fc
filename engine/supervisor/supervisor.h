// SPDX-License-Identifier: MIT
/*
 * What a supervisor does: runs an attempt, and outlives the engine. engine/supervisor/nursery.h makes the process that does it.
 *
 * In order: it reserves the space of `outcome`, makes `started` durable, makes the script's process, lets it go as soon as the engine has recorded the attempt, moves its output into the log, sees to
 * the deadline and to what the script leaves behind, makes first `outcome`, then the log durable.
 */
#pragma once

#include <stdint.h>

#include "engine/supervisor/spawn.h"

struct supervise_request {
	const char *attempt_folder;
	struct program program;
	const char *interpreter; /* for records_reserve() */
	int64_t timeout_ns;      /* 0: none */
	int64_t grace_ns;        /* between TERM and KILL */
	uint64_t log_cap_bytes;
	bool reserved; /* that is done, and synced */
	int lock;      /* of the attempt's folder, held; descriptors of whoever asks */
	int log;       /* open for appending */
};

/* Makes this process a supervisor that does not know its attempt yet: its signals, and a control group for the scripts. */
struct supervisor *supervisor_new(void);

/*
 * Runs the attempt; `log` is open for appending, `notices` are exchanged with the engine (engine/supervisor/notices.h). Returns true once the outcome, whatever it is, is
 * durable, or `started` is taken back because the engine has not allowed the script to start.
 */
bool supervisor_run(struct supervisor *supervisor, const struct supervise_request *request, int log, int notices,
		    struct error *err);

/* What can wait until the engine knows that the outcome is durable: releases what the attempt needed. */
void supervisor_tidy(struct supervisor *supervisor);

/* Whether nothing lives on of what it ran, and nothing had to be killed. Only then it may run another attempt: what it finds below itself is taken for that attempt's. */
bool supervisor_is_free(const struct supervisor *supervisor);

/* Ends what was made. */
void supervisor_free(struct supervisor *self);
