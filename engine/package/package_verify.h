// SPDX-License-Identifier: MIT
/*
 * Whether a package is what it should be: one verdict for each thing that can be wrong.
 */
#pragma once

#include "engine/package/package_report.h"
#include "engine/package/package_view.h"

enum verify_subject {
	VERIFY_DIGESTS,
	VERIFY_SIGNATURE,
	VERIFY_STRUCTURE,
	VERIFY_SCRIPTS,
	VERIFY_INTERPRETERS,
	VERIFY_COUNT,
};

enum verify_verdict {
	VERDICT_GOOD,
	VERDICT_NONE, /* nothing to check, and nothing demands it */
	VERDICT_BAD,
};

struct verify_check {
	enum verify_verdict verdict;
	char *text; /* one line */
	struct problem_list problems;
};

struct verify_report {
	struct verify_check checks[VERIFY_COUNT];
};

/* "digests" … and "ok", "none", "bad" */
const char *verify_subject_name(enum verify_subject subject);
const char *verify_verdict_name(enum verify_verdict verdict);

/* Checks all of it. false: the machine failed us. */
bool package_verify(const struct package_view *view, const struct trust *trust, struct verify_report *ret,
		    struct error *err);
void verify_report_release(struct verify_report *report);

/* ERROR_REFUSED if digests or signature are bad, else ERROR_INPUT if anything else is; true: all is well. */
bool verify_judge(const struct verify_report *report, const char *path, struct error *err);
