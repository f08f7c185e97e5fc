// SPDX-License-Identifier: MIT
/*
 * What made a step fail: the lines of its log that tell of it, their likely cause, and what to do.
 *
 * Known failures are patterns of lines (and exit codes, for those that say nothing) with a cause and an action. The last line of a log that one of
 * them matches counts; of several that match it, the one that was added first. The built-in ones come last.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

/* How a step can fail without a line that says why. */
enum failure_how { FAILS_BY_LINE, FAILS_BY_EXIT_CODE, FAILS_BY_SIGNAL, FAILS_BY_TIMEOUT };

struct failure {
	const char *code;     /* a short name: "DiskFull" */
	const char *patterns; /* regular expressions of Perl's kind, a line each, case aside; "" for none */
	const char *cause;    /* a sentence */
	const char *action;   /* what to do */
	enum failure_how how; /* besides the patterns */
	int number;           /* exit code or signal */
};

/* Those everybody meets. */
extern const struct failure failures_known[];
extern const size_t failures_known_count;

struct failure_finder;

struct failure_finder *failure_finder_new(void);
void failure_finder_free(struct failure_finder *finder); /* NULL is fine */

/* Adds one, which is borrowed until the finder is freed. ERROR_USAGE: a pattern is no regular expression; the others are added all the same. */
bool failure_finder_add(struct failure_finder *finder, const struct failure *failure, struct error *err);

/* Adds failures_known. */
void failure_finder_add_known(struct failure_finder *finder);

/* How a step ended. */
struct failure_end {
	int exit_code; /* -1: none */
	int signal;    /* 0: none */
	bool timed_out;
};

enum { FAILING_LINES = 3, FAILING_LINE_BYTES = 400 };

struct failing_line {
	uint64_t number; /* in the log, from 1 */
	char *text;      /* fit for a terminal, cut behind FAILING_LINE_BYTES */
};

struct diagnosis {
	const struct failure *failure;            /* NULL: nothing that is known */
	struct failing_line lines[FAILING_LINES]; /* the last that it matches; without it those that look like errors */
	size_t line_count;
};

void diagnosis_release(struct diagnosis *diagnosis);

/*
 * Judges a log (NULL: there is none) by its last FAILURE_WINDOW_BYTES. The time it takes grows with the size of the log and no faster. Where the log cannot be
 * read the end alone is judged.
 */
enum { FAILURE_WINDOW_BYTES = 4 * 1024 * 1024 };
void failure_diagnose(struct failure_finder *finder, const char *log_path, const struct failure_end *end,
		      struct diagnosis *ret);

/* The failure that a line tells of; NULL: none that is known. */
const struct failure *failure_of_line(struct failure_finder *finder, const char *text, size_t length);

/* Whether a line looks like an error of any kind. */
bool failure_looks_like_error(struct failure_finder *finder, const char *text, size_t length);
