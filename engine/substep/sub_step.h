// SPDX-License-Identifier: MIT
/*
 * A sub-step: a command that a step's script runs by name, once (design section 7).
 *
 * The process behind `runbook substep` records it in the ledger itself: InProgress before the command starts, its end once the command
 * has ended. While it runs it holds a lock on its byte of the attempt's file `substeps`; that lock, never a process id, tells a second one of the same name
 * that it is under way. Killed at any point it leaves a run without an end, which is never a completed one.
 */
#pragma once

#include <sys/types.h>

#include "runbook/base/error.h"
#include "steps/ledger.h"

/* The step that we are called from, as its environment tells; borrowed from there. */
struct sub_step_surroundings {
	const char *runbook_id;
	const char *control; /* the attempt's folder */
	const char *inside;  /* "GROUP/NAME" of the sub-step that we are called from; NULL: of none */
	uint32_t step;
	uint32_t attempt;
};

/* Whether we are called from a step at all. */
bool sub_step_is_inside(void);

/* ERROR_USAGE, with what it is for, if we are not. */
bool sub_step_read_surroundings(struct sub_step_surroundings *ret, struct error *err);

/* Splits "GROUP/NAME"; both are freed by the caller. ERROR_USAGE if it is none: two plain names (as of a machine) with a slash between. */
bool sub_step_parse_name(const char *text, char **ret_group, char **ret_name, struct error *err);

struct sub_step_request {
	const struct sub_step_surroundings *inside;
	const char *group;
	const char *name;
	char *const *argv;         /* ends with NULL; argv[0] is looked for in PATH */
	const char *folder;        /* NULL: where we are */
	const char *script_sha256; /* "": none */
	mode_t umask;              /* for the command */
	bool quiet;                /* do not say what begins and what is left out */
};

/*
 * Runs it, unless it is done. True if it is done now. A command that failed gives its own exit code as the error's code, 128+n for signal n, 126 or 127 if it
 * could not be started. Other codes: ERROR_BUSY if it is running already, ERROR_REFUSED if the attempt has ended, ERROR_SYSTEM if it could not be recorded.
 */
bool sub_step_run(struct ledger *ledger, const struct sub_step_request *request, struct error *err);
