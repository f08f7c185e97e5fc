// SPDX-License-Identifier: MIT
/*
 * Moves a step's output from its pipe into its log file.
 *
 * The bytes are kept as they are and in their order. Beyond the cap nothing more is written, but the pipe is still emptied, so
 * that a step is never blocked by its log; at the end a marker says how much was dropped. A log that cannot be written (full disk) is
 * treated the same way.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct capture {
	int in;       /* read end of the pipe, non-blocking; not owned */
	int log;      /* append-only log file; not owned */
	char *buffer; /* CAPTURE_BUFFER_BYTES, owned */
	uint64_t cap_bytes;
	uint64_t written_bytes;
	uint64_t dropped_bytes;
	int log_errno; /* the first error of writing the log; 0: none */
	bool ended;    /* the pipe has reached its end */
};

enum { CAPTURE_BUFFER_BYTES = 256 * 1024, CAPTURE_PIPE_BYTES = 1024 * 1024 };

void capture_init(struct capture *capture, int in, int log, uint64_t cap_bytes);
void capture_release(struct capture *capture);

/* Moves what is there now, at most `limit_bytes` of it (so that the caller sees to its timers); returns how much. */
uint64_t capture_pump(struct capture *capture, uint64_t limit_bytes);

/* Writes the marker if anything was dropped. */
void capture_finish(struct capture *capture);
