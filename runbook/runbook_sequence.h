// SPDX-License-Identifier: MIT
/*
 * Whether the numbers of a runbook's steps are 1, 2, 3 … as they come. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runbook/base/problem.h"

/* Zeroed to begin with. */
struct runbook_sequence {
	uint32_t last; /* the highest number so far */
	unsigned *
		lines; /* where number i + 1 was, 0 if nowhere: for naming the first of two; only the first million are kept */
	size_t count;
	size_t alloc;
};

void runbook_sequence_release(struct runbook_sequence *sequence);

/* Takes the next number; a gap, a doubled or a late one is added to `problems`. */
void runbook_sequence_add(struct runbook_sequence *sequence, uint32_t number, const char *file, unsigned line,
			  struct problem_list *problems);
