// SPDX-License-Identifier: MIT
/*
 * Time as a length: where on a line a moment lies, from 0 to 100. Long pauses in which nothing ran are folded to a short piece, so that an hour of
 * work can be seen beside a weekend of waiting. Pure.
 */
#pragma once

#include "engine/report/report.h"

enum { REPORT_FOLDS = 6 };

struct report_fold {
	int64_t begin_ns;
	int64_t end_ns;
};

struct report_scale {
	int64_t begin_ns;
	int64_t end_ns;
	struct report_fold folds[REPORT_FOLDS]; /* by time */
	size_t fold_count;
};

/* What a fold takes of the line. */
#define REPORT_FOLD_WIDTH 4.0

/* Of everything that ran; false if nothing did. */
bool report_scale_make(const struct report *report, struct report_scale *ret);

/* Where a moment lies; outside it is the nearer end. */
double report_scale_at(const struct report_scale *scale, int64_t wall_ns);
