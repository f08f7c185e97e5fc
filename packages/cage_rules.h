// SPDX-License-Identifier: MIT
/*
 * The two parts of the cage that are the kernel's own rules. Where the kernel does not know them, both succeed without effect.
 */
#pragma once

#include "runbook/base/error.h"

/* Landlock: no file can be opened or made any more but below `tree_fd`, and no device, link, FIFO or socket there either. */
bool cage_restrict_files(int tree_fd, struct error *err);

/* Seccomp: system calls that nobody needs who unpacks an archive fail with EPERM. no_new_privs must be set. */
bool cage_restrict_calls(struct error *err);
