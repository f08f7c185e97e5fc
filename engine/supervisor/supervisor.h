// SPDX-License-Identifier: MIT
/*
 * What a supervisor does: runs one attempt, and outlives the engine. engine/supervisor/nursery.h makes the process that does it.
 *
 * In order: it reserves the space of `outcome`, makes `started` durable, starts the script, moves its output into the log, sees to the deadline and to
 * what the script leaves behind, makes log and `outcome` durable.
 */
#pragma once

#include <stdint.h>

#include "engine/supervisor/spawn.h"

struct supervise_request {
	const char *attempt_folder;
	struct program program;
	const char *interpreter; /* for `started`; NULL: none */
	int64_t timeout_ns;      /* 0: none */
	int64_t grace_ns;        /* between TERM and KILL */
	uint64_t log_cap_bytes;
	int lock; /* of the attempt's folder, held; descriptors of whoever asks */
	int log;  /* open for appending */
};

/* What a supervisor says through its report: that the log has grown, and before it ends, followed by a text, why it could not do its work. */
enum { SUPERVISOR_OUTPUT = '.', SUPERVISOR_TROUBLE = '!' };

/*
 * Makes this process a supervisor that does not know its attempt yet: its signals, and a control group for the script.
 */
struct supervisor *supervisor_new(void);

/* Runs the attempt; `log` is open for appending, `report` for writing without blocking. Returns true once the outcome, whatever it is, is durable. */
bool supervisor_run(struct supervisor *self, const struct supervise_request *request, int log, int report,
		    struct error *err);

/* Ends what was made and not used. */
void supervisor_free(struct supervisor *self);
