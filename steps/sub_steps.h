// SPDX-License-Identifier: MIT
/*
 * The ledger: sub-steps, the named parts of a step that are run once. Conventions: steps/ledger.h, which callers include.
 *
 * A sub-step has a number within its step, the M of N.M, that never changes: first those of the step's definition in their order, then the
 * others as their names are first heard of. Its runs belong to attempts of the step. It is done once a run has completed, until somebody
 * asks for it again; a done sub-step cannot be run.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "steps/place.h"
#include "steps/state.h"

struct ledger;

struct ledger_sub_step {
	uint32_t number;
	char *group;
	char *name;
	bool done;
	/* The last run; `run` is 0 and the state NotStarted if there was none. */
	uint32_t run;
	uint32_t attempt;
	uint32_t parent; /* the number of the sub-step that it was part of; 0: none */
	enum step_state state;
	int64_t started_ns;
	int64_t started_boot_ns;
	int64_t ended_ns;    /* 0: running, or unknown */
	int64_t duration_ns; /* -1: unknown */
	int exit_code;       /* -1: none */
	int signal;          /* 0: none */
	char *script_sha256; /* of a defined sub-step; "": a command */
};

void ledger_sub_step_release(struct ledger_sub_step *sub_step);

/* What a sub-step is known by; lent for the time of a call. */
struct ledger_sub_step_name {
	const char *group;
	const char *name;
};

/* The sub-step of that name and how it stands; it gets the next number if the name is new. */
bool ledger_sub_step_find(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step_name name,
			  struct ledger_sub_step *ret, struct error *err);

/*
 * Records a new run of the sub-step (as found) in the attempt `place`, InProgress; `parent`, `script_sha256` and the two start times are taken, `run` and `state` given
 * back. The caller knows, by a lock, that no other run is under way: one that the ledger thinks is becomes Interrupted. ERROR_REFUSED
 * if the attempt has ended or the sub-step is done.
 */
bool ledger_sub_step_start(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step *sub_step,
			   struct error *err);

/* Ends that run: state (Completed or Failed), ended_ns, duration_ns, exit_code and signal are taken. ERROR_REFUSED if it is not running any more. */
bool ledger_sub_step_end(struct ledger *ledger, struct ledger_place place, const struct ledger_sub_step *sub_step,
			 struct error *err);

/*
 * Somebody wants the step to be run again from that sub-step on: it, those behind it, and those it was part of are done no more. ERROR_INPUT if the step has no such
 * sub-step, ERROR_REFUSED if one before it is not done and does not contain it. Must be called within a transaction.
 */
bool ledger_sub_step_again(struct ledger *ledger, struct ledger_place place, uint32_t number, struct error *err);

/* Calls `row` for each sub-step of the step, by number, with its last run. */
bool ledger_sub_step_each(struct ledger *ledger, struct ledger_place place,
			  bool (*row)(void *context, const struct ledger_sub_step *, struct error *), void *context,
			  struct error *err);

/* Calls `row` for every run of every sub-step of the step, by number and run. */
bool ledger_sub_step_each_run(struct ledger *ledger, struct ledger_place place,
			      bool (*row)(void *context, const struct ledger_sub_step *, struct error *), void *context,
			      struct error *err);

/* The sub-step of the step that started last of those InProgress: the innermost; *ret_found is false if none is. */
bool ledger_sub_step_running(struct ledger *ledger, struct ledger_place place, struct ledger_sub_step *ret,
			     bool *ret_found, struct error *err);

/* A sub-step of the step's DynamicStepDefinition; lent for the time of a call. */
struct ledger_defined_sub_step {
	const char *group;
	const char *name; /* the file name if it has none */
	const char *file_name;
	const char *sha256; /* of the script at import; "": none was there */
};

/* Calls `row` for each sub-step that the step's definition names, in order. */
bool ledger_sub_step_each_defined(struct ledger *ledger, struct ledger_place place,
				  bool (*row)(void *context, const struct ledger_defined_sub_step *, struct error *),
				  void *context, struct error *err);
