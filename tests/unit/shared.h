// SPDX-License-Identifier: MIT
/*
 * Real input files for tests: RUNBOOK_SHARED names a folder with data/ax. Tests that need one are skipped, and say so, where it is missing.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "tests/unit/unit.h"

/* The path of data/ax/NAME, which the caller frees; ends the test as skipped if there is none. */
static inline char *shared_ax_file(const char *name)
{
	const char *folder = getenv("RUNBOOK_SHARED");
	char *path = xasprintf("%s/data/ax/%s", folder ? folder : "", name);

	if (folder && access(path, R_OK) == 0)
		return path;
	(void)fprintf(stderr, "SKIPPED: no %s (set the meson option `shared`)\n", path);
	free(path);
	skip();
	return NULL;
}
