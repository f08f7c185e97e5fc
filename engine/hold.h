// SPDX-License-Identifier: MIT
/*
 * One engine at a time per runbook: a kernel lock on a file beside the ledger, which frees itself when its holder dies. What is written in the file
 * is for messages only.
 */
#pragma once

#include "runbook/base/error.h"

struct hold {
	int fd;
};

#define HOLD_INIT  \
	{          \
		-1 \
	}

/* Takes the runbook. ERROR_BUSY, in well under a second, names who holds it since when. */
bool hold_take(const char *ledger_path, const char *runbook_id, const char *user, struct hold *ret, struct error *err);
void hold_release(struct hold *hold);

/* Whether an engine holds the runbook at this moment. */
bool hold_is_taken(const char *ledger_path, const char *runbook_id);

/* The path of a runbook's file beside the ledger: its lock with the suffix "". A suffix begins with "~", which no id holds. The caller frees it. */
char *hold_path(const char *ledger_path, const char *runbook_id, const char *suffix);
