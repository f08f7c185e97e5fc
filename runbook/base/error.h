// SPDX-License-Identifier: MIT
/*
 * The error value.
 *
 * A function that can fail returns bool and takes a `struct error *` as its last parameter. The caller
 * owns the value (on its stack, ERROR_INIT); it is untouched on success and set exactly once on failure.
 * Callers on the way up may prefix it; only main prints it and turns its code into the exit code.
 *
 *	if (!fs_read_file(path, limit, &text, err))
 *		return error_prefix(err, "runbook %s", id);
 *
 * Running out of memory aborts: see alloc.h. Programming errors are asserts.
 */
#pragma once

#include <stdbool.h>

#include "runbook/base/cleanup.h"

/* What went wrong, as the caller of the program sees it: the values are the exit codes of the program. */
enum error_code {
	ERROR_NONE = 0,
	ERROR_SYSTEM = 1,      /* the machine failed us: I/O, memory, full disk, damaged ledger */
	ERROR_USAGE = 2,       /* wrong usage of the command line */
	ERROR_INPUT = 3,       /* bad input: XML, package, topology */
	ERROR_STEP_FAILED = 4, /* a step failed or timed out */
	ERROR_WAITING = 5,     /* waiting for somebody: manual step, other machine, sign-off */
	ERROR_BUSY = 6,        /* another process holds this runbook */
	ERROR_REFUSED = 7,     /* refused: version, signature, drift, empty runbook, unsafe path */
	ERROR_UNKNOWN = 8,     /* the outcome of a step cannot be known */
	ERROR_SIGNAL =
		128, /* plus the number of the signal that ended us; a running step goes on under its supervisor */
};

struct error {
	enum error_code code;
	char *message; /* owned; no final newline; may hold several lines */
};

#define ERROR_INIT               \
	{                        \
		ERROR_NONE, NULL \
	}

/* Sets the error. Always returns false, so that callers can `return error_set(…)`. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with ": " and the text of errno value `errnum` behind it, as an ERROR_SYSTEM. */
bool error_set_errno(struct error *err, int errnum, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " before the message of an error that is set. Always returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a line of its own behind the message of an error that is set. Always returns false. */
bool error_add_line(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline bool error_is_set(const struct error *err)
{
	return err->code != ERROR_NONE;
}

/* Frees the message and makes the error ready to be set again. */
void error_release(struct error *err);

#define CLEANUP_ERROR CLEANUP(error_release)
