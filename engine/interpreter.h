// SPDX-License-Identifier: MIT
/*
 * Which program runs a script: that of its `#!` line, or the one for its extension (.sh sh, .py python3, .pl perl, .ps1 pwsh). The execute bit is
 * never needed, because archives lose it.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

/* The PATH of steps: where interpreters are looked for too. */
#define INTERPRETER_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * Appends the command to `ret_argv`: interpreter (absolute), its options, the script. `script_fd` is the open script, read from its beginning with pread.
 * A .ps1 that declares the parameter LogDir gets `-LogDir LOG_FOLDER`. ERROR_INPUT if the interpreter is not on this machine or cannot be told.
 */
bool interpreter_resolve(const char *script_path, int script_fd, const char *log_folder, struct strv *ret_argv,
			 struct error *err);

/* Pure: the words of a `#!` line (interpreter and at most one argument, as the kernel takes it); none if it is no such line. */
void interpreter_parse_line(const char *text, size_t length, struct strv *ret_words);

/* Pure: whether the text of a PowerShell script has a parameter of that name in its param block. */
bool interpreter_declares_parameter(const char *text, const char *name);

/* Where a program is that a step would find in its PATH, NULL if it is nowhere. False with errno set if that cannot be known. The caller frees it. */
bool interpreter_find(const char *name, char **ret);
