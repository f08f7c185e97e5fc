// SPDX-License-Identifier: MIT
/*
 * One engine at a time per runbook: a kernel lock on a file beside the ledger, which frees itself when its holder dies. What is written in the file
 * is for messages only.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

struct hold {
	int *fds; /* the runbook's lock, then one per service model */
	size_t count;
	size_t alloc;
};

#define HOLD_INIT          \
	{                  \
		NULL, 0, 0 \
	}

/* Who takes it, for the message to others. */
struct hold_request {
	const char *ledger_path;
	const char *runbook_id;
	const char *user;
	const char *repeat; /* as in struct run_request */
};

/*
 * Takes the runbook, and the service models it updates: runbooks run side by side only if they have none in common. ERROR_BUSY, in well under a second, names
 * who holds what since when.
 */
bool hold_take(const struct hold_request *request, const struct strv *service_models, struct hold *ret,
	       struct error *err);
void hold_release(struct hold *hold);

/* Whether an engine holds the runbook at this moment. */
bool hold_is_taken(const char *ledger_path, const char *runbook_id);

/* The path of a runbook's file beside the ledger: its lock with the suffix "". A suffix begins with "~", which no id holds. The caller frees it. */
char *hold_path(const char *ledger_path, const char *runbook_id, const char *suffix);
