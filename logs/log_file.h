// SPDX-License-Identifier: MIT
/*
 * Names of log files: `SCRIPT-YYYY-MM-DD--HH-MM-SS.log` in a step's Log folder.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

/*
 * Creates a new log file for an attempt of `script` (a file name or a word, no slash) in the existing folder `folder`, mode 0600. If the name is taken,
 * `.2`, `.3` … is added before `.log`. Gives the path (the caller frees it) and the descriptor, open for appending.
 */
bool log_file_create(const char *folder, const char *script, int64_t wall_ns, char **ret_path, int *ret_fd,
		     struct error *err);
