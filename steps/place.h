// SPDX-License-Identifier: MIT
/*
 * Which part of a runbook a function of the ledger is about.
 */
#pragma once

#include <stdint.h>

/* A step, or an attempt of it; each function says what 0 means. `runbook` is the internal key. */
struct ledger_place {
	int64_t runbook;
	uint32_t step;
	uint32_t attempt;
};

/* The steps FIRST..LAST; LAST 0: to the end. */
struct ledger_range {
	int64_t runbook;
	uint32_t first;
	uint32_t last;
};
