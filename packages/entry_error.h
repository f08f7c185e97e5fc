// SPDX-License-Identifier: MIT
/*
 * Errors about one entry of an archive: `entry "NAME": reason`, the name made safe for a terminal.
 */
#pragma once

#include "runbook/base/error.h"

/* For what policy forbids: ERROR_REFUSED. Always returns false. */
bool entry_refused(struct error *err, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * If a library's message is that memory ran out, which for it is limited (cage.h), or that the archive asks for more than it gives, sets ERROR_REFUSED with our own words
 * and returns true. Not every reader of libarchive says so by number.
 */
bool entry_needs_memory(struct error *err, const char *message);

/* For what is damaged or unsupported: ERROR_INPUT. Always returns false. */
bool entry_damaged(struct error *err, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
