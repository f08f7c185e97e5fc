// SPDX-License-Identifier: MIT
/*
 * What to do next with a runbook, as commands to copy. Pure.
 */
#pragma once

#include "engine/settle.h"
#include "runbook/base/strv.h"
#include "steps/ledger.h"

struct advice {
	char *text;           /* one line; "" before it is made */
	struct strv commands; /* in the order in which they help; may be empty */
};

void advice_release(struct advice *advice);

/*
 * Makes it from the first step that is not done (NULL: all are). `machine` is this machine's name, `repeat` what every command must repeat
 * (caller_repeat_options).
 */
void advice_make(const char *runbook_id, const struct ledger_step *next, const char *machine, const char *repeat,
		 struct advice *ret);

/* The same for a step that the ledger says is in progress, when it is known what became of its attempt. */
void advice_make_in_progress(const char *runbook_id, const struct ledger_step *step, enum settle_verdict verdict,
			     const char *repeat, struct advice *ret);

/* The same for a runbook that another one takes back: nothing more is done with it. */
void advice_make_restored(const char *runbook_id, const struct ledger_acceptance *acceptance, const char *repeat,
			  struct advice *ret);
