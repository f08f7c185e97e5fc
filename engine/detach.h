// SPDX-License-Identifier: MIT
/*
 * Running in the background: this very program is started again in a session of its own, and tells through a pipe when the run is under way.
 */
#pragma once

#include "runbook/base/error.h"

/* The environment variable that hands the pipe's descriptor to the program in the background. */
#define DETACH_READY "RUNBOOK_READY_FD"

/*
 * Starts this program again in the background with the words it was started with, but -detach, its output appended to `log_path` (whose folder is made), and
 * waits until the run is under way. If it ends before, what it printed is shown, and *ret_exit_code is how it ended; otherwise that is -1.
 */
bool detach_start(const char *log_path, int *ret_exit_code, struct error *err);

/* Whether we are the main process of a systemd service (systemd.exec(5), $SYSTEMD_EXEC_PID): with it ends what it has started, as systemd.kill(5) says. */
bool detach_ends_with_service(void);

/* In the background: says that the run is under way. Anywhere else, and the second time, nothing. */
void detach_tell_ready(void);
