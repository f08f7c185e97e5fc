// SPDX-License-Identifier: MIT
/*
 * Moves a step's output from its pipe into its log file.
 *
 * Secrets are masked before they reach the log (logs/mask.h, unless that is turned off); all other bytes are kept as they are and in their order. Beyond the cap nothing more is written, but the pipe is still emptied, so
 * that a step is never blocked by its log; at the end a marker says how much was dropped. A log that cannot be written (full disk) is
 * treated the same way, and stays so: what was lost in the middle would be noticed by nobody.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct masker;

struct capture {
	int in;                /* read end of the pipe, non-blocking; not owned */
	int log;               /* append-only log file; not owned */
	struct masker *masker; /* owned; NULL: nothing is masked */
	char *buffer;          /* CAPTURE_BUFFER_BYTES; the masker's, else owned */
	uint64_t cap_bytes;
	uint64_t written_bytes;
	uint64_t dropped_bytes;
	int log_errno;    /* the first error of writing the log; 0: none */
	bool ended;       /* the pipe has reached its end */
	bool in_line;     /* what was written does not end with a newline */
	int64_t taken_ns; /* when something came last, by the boot clock */
};

enum { CAPTURE_BUFFER_BYTES = 256 * 1024, CAPTURE_PIPE_BYTES = 1024 * 1024, CAPTURE_PAUSE_MS = 150 };

/* Makes `in` non-blocking and, where the kernel lets us, its pipe CAPTURE_PIPE_BYTES large. */
void capture_init(struct capture *capture, int in, int log, uint64_t cap_bytes);
void capture_release(struct capture *capture);

/* Moves what is there now, at most `limit_bytes` of it (so that the caller sees to its timers); returns how much. Never waits. */
uint64_t capture_pump(struct capture *capture, uint64_t limit_bytes);

/*
 * If nothing has come for CAPTURE_PAUSE_MS: writes what is held back and cannot be part of a secret, so that a prompt is seen. True if there was some. To be
 * called now and then while nothing comes.
 */
bool capture_rest(struct capture *capture);

/*
 * Writes what is held back: nothing more is pumped. Then the marker, a line of its own that begins with "[runbook: ", if anything was dropped. It is written beyond the cap, and
 * left out where the log cannot be written.
 */
void capture_finish(struct capture *capture);
