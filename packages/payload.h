// SPDX-License-Identifier: MIT
/*
 * What a source of a payload holds, put into a folder. Only for packages/apply.c.
 */
#pragma once

#include "runbook/base/error.h"

struct payload_request {
	const char *source;    /* an archive or a folder */
	const char *subfolder; /* NULL: all of it */
	const char *part;      /* a path where an archive may be extracted to; it must not exist, its folder must */
	int to_fd;             /* the folder to add to */
};

/* Adds what the source holds; a file that is there already is an ERROR_INPUT. */
bool payload_add(const struct payload_request *request, struct error *err);
