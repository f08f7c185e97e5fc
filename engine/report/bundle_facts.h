// SPDX-License-Identifier: MIT
/*
 * What can be said of the machine at this moment.
 */
#pragma once

#include "runbook/base/strbuf.h"

/* Appends version, kernel, load, memory, the disks of these folders (ends with NULL), and the processes with their command lines. */
void bundle_add_facts(struct strbuf *ret, const char *const *folders);
