// SPDX-License-Identifier: MIT
/*
 * Names of log files: `SCRIPT-YYYY-MM-DD--HH-MM-SS.log` in a step's Log folder.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct log_file {
	char *path; /* owned by the caller */
	int fd;     /* open for appending; owned by the caller */
};

/*
 * Creates a new log file for an attempt of `script` (a file name or a word, no slash) in the existing folder `folder`, mode 0600. If the name is taken,
 * `.2`, `.3` … is added before `.log`.
 */
bool log_file_create(const char *folder, const char *script, int64_t wall_ns, struct log_file *ret, struct error *err);

/* Makes durable what is in it. A log that cannot be written has said so itself. */
void log_file_sync(const char *path);
