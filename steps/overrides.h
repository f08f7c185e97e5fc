// SPDX-License-Identifier: MIT
/*
 * The ledger: what people decided. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "steps/place.h"
#include "steps/state.h"

struct ledger;

enum override_kind {
	OVERRIDE_SET_COMPLETE,  /* EVENT_SET_COMPLETE */
	OVERRIDE_RERUN,         /* EVENT_RERUN; detail: from which sub-step on, for people; "" = the whole step */
	OVERRIDE_ACCEPT_CHANGE, /* detail: the new digest, or what else is not as it was to be; the state stays */
	OVERRIDE_SKIP,          /* EVENT_SKIP */
	OVERRIDE_IMPORTED,      /* the state came with the runbook file */
	OVERRIDE_MERGED,        /* the state came from another machine's runbook file */
};

const char *override_kind_name(enum override_kind kind); /* "SetStepComplete" … */

struct ledger_override {
	uint32_t step;
	enum override_kind kind;
	enum step_state state; /* the step's state behind it */
	char *reason;
	char *user;
	char *detail; /* of AcceptChange: the digest of the script, or "DIGEST  PATH" of another file of the package */
	int64_t time_ns;
	uint32_t
		after_attempt; /* how many attempts there were: the order of both; not taken by ledger_override_add() */
};

void ledger_override_release(struct ledger_override *override);

/*
 * Appends it. ERROR_REFUSED with the reason if the state table does not allow it, for a skip without a reason, and for anything
 * while the step is running. For MERGED `state` is taken as it is, but not InProgress; IMPORTED is for ledger_import() alone.
 */
bool ledger_override_add(struct ledger *ledger, int64_t runbook, const struct ledger_override *override,
			 struct error *err);

/* A file of a runbook's package, as it is now; borrowed. */
struct ledger_file {
	int64_t runbook;
	const char *path; /* below the package root */
	const char *digest;
};

/* The detail of an override that accepts it: "DIGEST  PATH". The caller frees it. */
char *ledger_file_detail(const struct ledger_file *file);

/* Whether somebody has accepted it. */
bool ledger_file_is_accepted(struct ledger *ledger, const struct ledger_file *file, bool *ret, struct error *err);

/* Calls `row` for the overrides of a step, oldest first (0: of all steps, step by step). */
bool ledger_override_each(struct ledger *ledger, struct ledger_place place,
			  bool (*row)(void *context, const struct ledger_override *, struct error *), void *context,
			  struct error *err);
