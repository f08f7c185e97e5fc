// SPDX-License-Identifier: MIT
/*
 * How far an extraction is, in one line on a terminal that is written over and gone at the end.
 *
 *	CLEANUP(extract_progress_end) struct extract_progress_line line = extract_progress_begin(quiet);
 *	struct extract_request request = { …, .on_progress = extract_progress_show, .context = &line };
 */
#pragma once

#include <stdint.h>

#include "packages/extract.h"

enum { EXTRACT_PROGRESS_SIZE = 160 };

struct extract_progress_line {
	bool enabled; /* standard error is a terminal, and nobody wants it quiet */
	bool shown;
	int64_t started_ns;
};

struct extract_progress_line extract_progress_begin(bool quiet);

/* Shows nothing in the first half second. `context` is the line. */
void extract_progress_show(void *context, const struct extract_progress *progress);
void extract_progress_end(struct extract_progress_line *line);

/* `42 %, 1.2 GiB in 1234 files, 310 MiB/s, 12 s left`. What is not known is left out. Pure. */
void extract_progress_format(const struct extract_progress *progress, int64_t elapsed_ns,
			     char ret[static EXTRACT_PROGRESS_SIZE]);

/* `512 B`, `1.2 KiB`, `310 MiB`. Pure. */
enum { EXTRACT_BYTES_SIZE = 24 };
void extract_bytes_format(uint64_t bytes, char ret[static EXTRACT_BYTES_SIZE]);
