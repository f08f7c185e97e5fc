// SPDX-License-Identifier: MIT
/*
 * The ledger: steps. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/step.h"
#include "steps/place.h"
#include "steps/state.h"

struct ledger;

struct ledger_step {
	uint32_t number;
	char *description;
	char *machine;
	char *service_model;
	char *type_text; /* StepType as written */
	enum step_type type;
	char *file_name;
	bool automated;
	bool has_sub_steps; /* its definition names some */
	char *instruction;  /* the script's description */
	unsigned retry_count;
	unsigned timeout_min;
	bool no_auto_resume;
	char *script_sha256; /* at import, or the latest accepted change; "" = no script */
	enum step_state state;
	uint32_t attempt_count;
	uint32_t tries_left; /* retries left of retry_count, counted since the last rerun; survives a crash */
};

void ledger_step_release(struct ledger_step *step);

/* ERROR_INPUT if there is no such step: "runbook X has steps 1 to N". */
bool ledger_step_get(struct ledger *ledger, int64_t runbook, uint32_t number, struct ledger_step *ret,
		     struct error *err);

/* The first step that is not Completed or Skipped; *ret_number is 0 if all are. */
bool ledger_step_next(struct ledger *ledger, int64_t runbook, uint32_t *ret_number, struct error *err);

/*
 * How long the step may take: as its script did when it completed lately, in any runbook, on average. *ret_ns is 0 if that is not known, or it took two
 * seconds at most.
 */
bool ledger_step_expected(struct ledger *ledger, const struct ledger_step *step, int64_t *ret_ns, struct error *err);

/* Calls `row` for these steps in order. */
bool ledger_step_each(struct ledger *ledger, struct ledger_range range,
		      bool (*row)(void *context, const struct ledger_step *, struct error *), void *context,
		      struct error *err);

/*
 * Calls `row` for the steps that want attention, in order: InProgress, Failed, TimedOut, Interrupted. Quick however many steps
 * there are.
 */
bool ledger_step_each_troubled(struct ledger *ledger, int64_t runbook,
			       bool (*row)(void *context, const struct ledger_step *, struct error *), void *context,
			       struct error *err);

/* A script of a runbook; lent for the time of a call. */
struct ledger_script {
	const char *service_model;
	const char *file_name;
	const char *machine;
	uint32_t first_step; /* of those on this machine that need it */
};

/*
 * Calls `row` once per script and machine among the steps that are not done, in the order of their first steps. Steps without a
 * file name are left out.
 */
bool ledger_script_each(struct ledger *ledger, int64_t runbook,
			bool (*row)(void *context, const struct ledger_script *, struct error *), void *context,
			struct error *err);

/* Calls `row` for each service model that the runbook's steps belong to, by name. */
bool ledger_service_model_each(struct ledger *ledger, int64_t runbook,
			       bool (*row)(void *context, const char *service_model, struct error *), void *context,
			       struct error *err);
