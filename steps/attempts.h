// SPDX-License-Identifier: MIT
/*
 * The ledger: attempts, and what they left behind. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "steps/place.h"
#include "steps/state.h"

struct ledger;

struct ledger_attempt {
	uint32_t step;
	uint32_t number;
	enum step_state state;
	char *boot_id;
	int64_t started_ns;      /* wall clock */
	int64_t started_boot_ns; /* boot clock: the deadline counts from here */
	int64_t ended_ns;        /* 0: running or unknown */
	int64_t duration_ns;     /* by the boot clock; -1: unknown */
	int exit_code;           /* -1: none */
	int signal;              /* 0: none */
	char *script_sha256;
	char *folder;           /* the attempt's folder, absolute */
	char *log_path;         /* "" for a built-in step without a log */
	int64_t cpu_us;         /* user and system; -1: unknown */
	int64_t peak_memory_kb; /* -1: unknown */
	char *left_behind;      /* processes that were left, "" = none */
	char *reason;           /* why it ended as it did, for people; "" = nothing to say */
	char *user;             /* who started it */
	char *restart; /* of the machine, as the step asked: "next", "same" (which step follows it); "" = none */
};

void ledger_attempt_release(struct ledger_attempt *attempt);

/*
 * Records a new attempt of a step as InProgress: `attempt->step` and what is known before the start are set by the caller, `number` is given back. Allowed
 * only if the state table allows EVENT_START; otherwise ERROR_REFUSED.
 */
bool ledger_attempt_start(struct ledger *ledger, int64_t runbook, struct ledger_attempt *attempt, struct error *err);

/*
 * Ends a running attempt: state, ended_ns, duration_ns, exit_code, signal, cpu, memory, left_behind, reason, restart are taken. ERROR_REFUSED if it is not
 * running or cannot end in that state; Skipped needs a reason.
 */
bool ledger_attempt_end(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt,
			struct error *err);

/* One attempt, or the last one if `attempt` is 0. ERROR_INPUT if there is none. */
bool ledger_attempt_get(struct ledger *ledger, struct ledger_place place, struct ledger_attempt *ret,
			struct error *err);

/* Calls `row` for the attempts of a step, oldest first (0: of all steps, step by step). */
bool ledger_attempt_each(struct ledger *ledger, struct ledger_place place,
			 bool (*row)(void *context, const struct ledger_attempt *, struct error *), void *context,
			 struct error *err);

/* The same for those InProgress alone, which is quick however many there are. */
bool ledger_attempt_each_running(struct ledger *ledger, struct ledger_place place,
				 bool (*row)(void *context, const struct ledger_attempt *, struct error *),
				 void *context, struct error *err);

/*
 * The first step that asked for a restart of the machine which has not happened: the machine's boot id is still that of its attempt. *ret_step is 0 if there
 * is none.
 */
bool ledger_restart_pending(struct ledger *ledger, int64_t runbook, const char *boot_id, uint32_t *ret_step,
			    struct error *err);

/* A value a step handed to the engine (`output.NAME=VALUE`); the last one of a name counts. */
bool ledger_output_add(struct ledger *ledger, struct ledger_place place, const char *name, const char *value,
		       struct error *err);

/* The failing lines of an attempt, for export and status. `number`, `ended_ns` and `log_path` of the attempt are taken too. */
bool ledger_log_add(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt, const char *text,
		    struct error *err);
