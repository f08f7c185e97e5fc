// SPDX-License-Identifier: MIT
/*
 * A file that nobody can change between the moment it is checked and the moment it is used.
 */
#pragma once

#include "runbook/base/error.h"

/*
 * If somebody else could write to the open file (another owner; group or others may write), `*fd` becomes a copy without a name in `folder`, which takes as
 * much space there until it is closed; where the file system can, it shares the blocks. Otherwise nothing happens. `path` is for messages.
 */
bool private_copy(int *fd, const char *path, const char *folder, struct error *err);
