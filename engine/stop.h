// SPDX-License-Identifier: MIT
/*
 * Stopping a run from outside: a file beside the runbook's lock for the engine, which looks at it between two steps; a file in the attempt's folder for the
 * supervisor, which ends the step when it appears. Files, because they work from any session and survive whoever asked.
 */
#pragma once

#include "runbook/base/strbuf.h"
#include "steps/ledger.h"

/* How the reason of an attempt begins that was ended so. */
#define STOPPED_BY "stopped by "

struct stop_request {
	const char *runbook_id;
	const char *user;
	const char *reason; /* NULL: none given */
	bool now;           /* end the running step too */
};

/*
 * Asks for it. *ret_engine and *ret_step tell what there was to stop: an engine that executes the runbook, a running step (looked for only with `now`). If both
 * are false nothing runs, which is what was asked.
 */
bool stop_ask(struct ledger *ledger, const struct stop_request *request, bool *ret_engine, bool *ret_step,
	      struct error *err);

/*
 * Ends what still runs of steps whose supervisor is dead: nobody else can. Waits for its end, which takes ten seconds if it does not obey. *ret_found
 * tells whether there was anything.
 */
bool stop_survivors(struct ledger *ledger, const char *runbook_id, bool *ret_found, struct error *err);

/* Whether the run has been asked to stop; `ret_who` gets who and why. */
bool stop_is_asked(const char *ledger_path, const char *runbook_id, struct strbuf *ret_who);

/* Forgets an old request: done by an engine when it begins. */
void stop_forget(const char *ledger_path, const char *runbook_id);
