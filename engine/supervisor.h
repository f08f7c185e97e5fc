// SPDX-License-Identifier: MIT
/*
 * The supervisor: the small process that runs one attempt and outlives the engine.
 *
 * It is a fork of the engine in a session of its own. From before its first breath it holds the lock of the attempt's folder (inherited from
 * the engine) and keeps it until it ends: that lock, never a process id, tells others that it lives. In order: it reserves the space of
 * `outcome`, makes `started` durable, starts the script, moves its output into the log, sees to the deadline and to what the script leaves
 * behind, makes log and `outcome` durable, and ends.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "runbook/base/error.h"

struct supervise_request {
	const char *attempt_folder;
	char *const *argv;
	char *const *envp;
	const char *script_folder;
	int64_t timeout_ns; /* 0: none */
	int64_t grace_ns;   /* between TERM and KILL */
	uint64_t log_cap_bytes;
	int lock; /* of the attempt's folder, held */
	int log;  /* open for appending */
};

/* What a supervisor says through its report: that the log has grown, and before it ends, followed by a text, why it could not do its work. */
enum { SUPERVISOR_OUTPUT = '.', SUPERVISOR_TROUBLE = '!' };

/*
 * Starts it. The caller then closes its own copies of lock and log, and reads *ret_report (which never blocks) until the end of the file: then the
 * supervisor has ended, and the caller reaps *ret_pid. If this fails nothing ran.
 */
bool supervisor_start(const struct supervise_request *request, pid_t *ret_pid, int *ret_report, struct error *err);
