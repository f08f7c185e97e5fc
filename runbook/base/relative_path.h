// SPDX-License-Identifier: MIT
/*
 * Relative paths as Windows or Unix writes them, in files that others made: runbooks and archives.
 */
#pragma once

/*
 * Turns `path` into one with single slashes and no `.` parts, relative to wherever the caller means: backslashes separate, a separator at the end goes. Gives
 * it in `ret` (the caller frees it) and returns NULL. A path that is refused leaves `ret` alone and returns the reason, which
 * goes behind the path in a message: "is empty", "is absolute", "has a drive letter", "leaves its folder" (any `..` part), "holds a control
 * character".
 */
const char *relative_path_normalise(const char *path, char **ret);
