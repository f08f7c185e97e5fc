// SPDX-License-Identifier: MIT
/*
 * RUNBOOK_RESULT: what a step tells the engine beyond its exit code, as `name=value` lines (design section 7).
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

enum result_reboot { RESULT_REBOOT_NONE, RESULT_REBOOT_NEXT, RESULT_REBOOT_SAME };

struct result {
	enum result_reboot reboot;
	char *skip;               /* the reason; NULL: not skipped */
	struct strv output_names; /* output.NAME=VALUE, in order */
	struct strv output_values;
};

#define RESULT_INIT                                            \
	{                                                      \
		RESULT_REBOOT_NONE, NULL, STRV_INIT, STRV_INIT \
	}

void result_release(struct result *result);

/*
 * Reads the file; a missing one is an empty result. ERROR_INPUT with the line if it has a name we do not know or a value that is none: what a step says
 * is never guessed.
 */
bool result_read(const char *path, struct result *ret, struct error *err);

/*
 * Adds words of the form NAME=VALUE to the file, durably: all or none of them. ERROR_USAGE if one would not be understood.
 */
bool result_add(const char *path, char *const *words, struct error *err);
