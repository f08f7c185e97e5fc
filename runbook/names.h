// SPDX-License-Identifier: MIT
/*
 * Rules for names that become parts of a path. Pure.
 */
#pragma once

#include <stdbool.h>

/* A runbook id: a letter or digit, then letters, digits, `.`, `_`, `-`; at most 64 characters. */
bool name_is_runbook_id(const char *text);

/* A machine or service model: not empty, at most 128 bytes, no slash, backslash, control character, leading dot or `~`. */
bool name_is_plain(const char *text);

/*
 * A script's path below SERVICEMODEL/Scripts: backslashes become slashes, `.` parts go. Returns NULL if it is empty, absolute, has a drive letter,
 * a `..` part or a control character. The caller frees it.
 */
char *name_script_path(const char *file_name);
