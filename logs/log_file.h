// SPDX-License-Identifier: MIT
/*
 * Names of log files: `SCRIPT-YYYY-MM-DD--HH-MM-SS.log` in a step's Log folder.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct log_file {
	char *path; /* owned */
	int fd;     /* open for appending; -1: there is none yet */
};

#define LOG_FILE_INIT    \
	{                \
		NULL, -1 \
	}

void log_file_release(struct log_file *file);

/* Opens a log by its path: one that has its name, or one that gets it later, somewhere on the same file system. Makes an empty file, mode 0600, if there is none. */
bool log_file_open(const char *path, struct log_file *ret, struct error *err);

/*
 * Gives the log of an attempt of `script` (a file name or a word, no slash) its name in the existing folder `folder`: moves what was opened there, or creates it, mode 0600. If the
 * name is taken, `.2`, `.3` … is added before `.log`.
 */
bool log_file_place(struct log_file *file, const char *folder, const char *script, int64_t wall_ns, struct error *err);

/* Makes durable what is in it. A log that cannot be written has said so itself. */
void log_file_sync(const char *path);
