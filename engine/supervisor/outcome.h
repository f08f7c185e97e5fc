// SPDX-License-Identifier: MIT
/*
 * The two records of an attempt's folder: `started`, durable before the script runs, and `outcome`, durable before the supervisor
 * ends. Of `started` it is the name that counts, of `outcome` the text: it is written over a blank record that is durable under another name since the script started, and counts as
 * soon as it is whole. It ends with a line `end`, so that a torn one is never taken for a result. Then it gets its name.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

#define ATTEMPT_LOCK "lock"
#define ATTEMPT_STARTED "started"
#define ATTEMPT_STARTED_RESERVED "started.tmp" /* until it counts */
#define ATTEMPT_LOG_RESERVED "log.tmp"         /* until the attempt begins */
#define ATTEMPT_OUTCOME "outcome"
#define ATTEMPT_OUTCOME_RESERVED "outcome.tmp" /* made before the script runs: a full disk cannot lose the outcome */
#define STARTED_INTERPRETER "interpreter"      /* of the pair in `started`: "SHA256 PATH" */
#define ATTEMPT_RESULT "result"
#define ATTEMPT_SUB_STEPS "substeps" /* a lock on its byte M is held by the process that runs sub-step N.M */
#define ATTEMPT_STOP "stop"          /* appears when the step is to be ended: who asked, and why */

enum { OUTCOME_RESERVED_BYTES = 4096 };

struct outcome {
	int exit_code; /* -1: none */
	int signal;    /* that ended the script; 0: none */
	bool timed_out;
	bool stopped;        /* somebody asked for it: ATTEMPT_STOP */
	uint64_t oom_killed; /* processes, of anybody, that the OOM killer ended when the script was killed */
	char *not_started;   /* why the script could not be started; NULL: it was */
	int64_t ended_ns;    /* wall clock */
	int64_t duration_ns; /* boot clock */
	int64_t cpu_us;
	int64_t peak_memory_kb;
	uint64_t log_dropped_bytes;
	char *left_behind; /* processes the step left, and what became of them; NULL: none */
};

#define OUTCOME_INIT            \
	{                       \
		.exit_code = -1 \
	}

void outcome_release(struct outcome *outcome);

/* Appends the text of the record; never longer than OUTCOME_RESERVED_BYTES (long values are cut). */
void outcome_format(const struct outcome *outcome, struct strbuf *ret);

/* Reads such a text. ERROR_UNKNOWN if it is torn, of another version, or says neither exit code, signal nor why not. */
bool outcome_parse(const char *text, struct outcome *ret, struct error *err);

/* Whether an attempt's folder has one. */
bool outcome_look(const char *folder, bool *ret_found, struct error *err);

/* Reads it, and makes durable what its supervisor may have left unsynced; *ret_found is false if there is none. */
bool outcome_read(const char *folder, struct outcome *ret, bool *ret_found, struct error *err);
