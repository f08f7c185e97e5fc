// SPDX-License-Identifier: MIT
/*
 * Runs a command of a step's script in our place: what reaches us reaches it.
 */
#pragma once

#include <sys/types.h>

#include "runbook/base/error.h"

struct step_command {
	char *const *argv;  /* ends with NULL; argv[0] is looked for in PATH */
	const char *folder; /* NULL: where we are */
	mode_t umask;
};

struct step_command_end {
	int exit_code; /* -1: none */
	int signal;    /* 0: none */
};

/*
 * Runs it with our environment and descriptors and waits for its end; TERM, INT, HUP, QUIT, USR1 and USR2 are passed on to it. If we are killed, it
 * gets TERM. ERROR_SYSTEM if it could not be started; *ret then holds 127 if there is no such program, else 126, as sh has it.
 */
bool step_command_run(const struct step_command *request, struct step_command_end *ret, struct error *err);
