// SPDX-License-Identifier: MIT
/*
 * The step ledger: the SQLite database that knows every runbook, step, attempt, override and installed component of this machine.
 *
 * One handle per process, one thread. WAL and synchronous=FULL: what a function that writes has returned true for survives a power
 * cut. Several writes become one transaction between ledger_begin() and ledger_commit(). A definition of a step never changes
 * after import; attempts and overrides are appended. The schema enforces it, whoever writes.
 *
 * Strings in results are owned by the struct and released with its release function; strings in arguments are borrowed.
 * Unless said otherwise a failure is an ERROR_SYSTEM that names the ledger and leaves the database as it was.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strv.h"
#include "runbook/step.h"
#include "steps/state.h"

struct ledger;

enum ledger_mode {
	LEDGER_READ,  /* never waits for a writer; a missing file is an empty ledger */
	LEDGER_WRITE, /* creates the file (0600) and its folder (0700), migrates an older schema */
};

/*
 * Opens the ledger. Refused with ERROR_REFUSED: as root, a path that somebody else could change; a file that is no ledger, is newer than this
 * program, or is on a file system that cannot do WAL. ERROR_SYSTEM: damaged (quick_check), never repaired.
 */
bool ledger_open(const char *path, enum ledger_mode mode, struct ledger **ret, struct error *err);
void ledger_close(struct ledger *ledger); /* NULL is fine */
const char *ledger_path(const struct ledger *ledger);

bool ledger_begin(struct ledger *ledger, struct error *err);  /* BEGIN IMMEDIATE */
bool ledger_commit(struct ledger *ledger, struct error *err); /* durable when it returns true */
void ledger_rollback(struct ledger *ledger);                  /* nothing happens outside a transaction */

/* ---- Runbooks ---------------------------------------------------------------------------------------------- */

struct ledger_runbook {
	int64_t key; /* internal */
	char *id;
	char *package_root; /* absolute */
	char *guid;         /* of the service-model data; "" if not said */
	char *version;
	char *package_type;
	int64_t imported_ns;
	int64_t started_ns; /* first attempt or override; 0: not started */
	int64_t ended_ns;   /* end of the last one; 0: none */
	uint32_t step_count;
	uint32_t counts[STATE_COUNT];
};

void ledger_runbook_release(struct ledger_runbook *runbook);

/* ERROR_INPUT if there is none of that id: the message lists the ids there are. Ids compare exactly, then without case. */
bool ledger_runbook_get(struct ledger *ledger, const char *id, struct ledger_runbook *ret, struct error *err);

/* Calls `row` for each runbook, oldest first; a row that returns false ends it (with its own error). */
bool ledger_runbook_each(struct ledger *ledger,
			 bool (*row)(void *context, const struct ledger_runbook *, struct error *), void *context,
			 struct error *err);

/* ---- Steps ------------------------------------------------------------------------------------------------- */

struct ledger_step {
	uint32_t number;
	char *description;
	char *machine;
	char *service_model;
	char *type_text; /* StepType as written */
	enum step_type type;
	char *file_name;
	bool automated;
	char *instruction; /* the script's description */
	unsigned retry_count;
	unsigned timeout_min;
	bool no_auto_resume;
	char *script_sha256; /* at import, or the latest accepted change; "" = no script */
	enum step_state state;
	uint32_t attempt_count;
	uint32_t tries_left; /* of retry_count, since the last rerun; survives a crash */
};

void ledger_step_release(struct ledger_step *step);

/* ERROR_INPUT if there is no such step: "runbook X has steps 1 to N". */
bool ledger_step_get(struct ledger *ledger, int64_t runbook, uint32_t number, struct ledger_step *ret,
		     struct error *err);

/* The first step that is not Completed or Skipped; *ret_number is 0 if all are. */
bool ledger_step_next(struct ledger *ledger, int64_t runbook, uint32_t *ret_number, struct error *err);

/* Calls `row` for the steps FIRST..LAST in order (LAST 0: to the end). */
bool ledger_step_each(struct ledger *ledger, int64_t runbook, uint32_t first, uint32_t last,
		      bool (*row)(void *context, const struct ledger_step *, struct error *), void *context,
		      struct error *err);

/* Calls `row` once per different script among the steps that are not done. */
bool ledger_script_each(struct ledger *ledger, int64_t runbook,
			bool (*row)(void *context, const char *service_model, const char *file_name,
				    uint32_t first_step, const char *machine, struct error *),
			void *context, struct error *err);

/* ---- Attempts ---------------------------------------------------------------------------------------------- */

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
};

void ledger_attempt_release(struct ledger_attempt *attempt);

/*
 * Records a new attempt of a step as InProgress: `attempt->step` and what is known before the start are set by the caller, `number` is given back. Allowed
 * only if the state table allows EVENT_START; otherwise ERROR_REFUSED.
 */
bool ledger_attempt_start(struct ledger *ledger, int64_t runbook, struct ledger_attempt *attempt, struct error *err);

/* Ends a running attempt: state, ended_ns, duration_ns, exit_code, signal, cpu, memory, left_behind, reason are taken. */
bool ledger_attempt_end(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt,
			struct error *err);

/* One attempt, or the last one if `number` is 0. ERROR_INPUT if there is none. */
bool ledger_attempt_get(struct ledger *ledger, int64_t runbook, uint32_t step, uint32_t number,
			struct ledger_attempt *ret, struct error *err);

/* Calls `row` for the attempts of a step (0: of all steps), oldest first; only those InProgress if `running_only`. */
bool ledger_attempt_each(struct ledger *ledger, int64_t runbook, uint32_t step, bool running_only,
			 bool (*row)(void *context, const struct ledger_attempt *, struct error *), void *context,
			 struct error *err);

/* Values a step handed to the engine (`output.NAME=VALUE`). */
bool ledger_output_add(struct ledger *ledger, int64_t runbook, uint32_t step, uint32_t attempt, const char *name,
		       const char *value, struct error *err);

/* The failing lines of an attempt, for export and status. */
bool ledger_log_add(struct ledger *ledger, int64_t runbook, const struct ledger_attempt *attempt, const char *text,
		    struct error *err);

/* ---- Overrides --------------------------------------------------------------------------------------------- */

enum override_kind {
	OVERRIDE_SET_COMPLETE,  /* EVENT_SET_COMPLETE */
	OVERRIDE_RERUN,         /* EVENT_RERUN; detail: nothing */
	OVERRIDE_ACCEPT_CHANGE, /* detail: the new digest; the state stays */
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
	char *detail;
	int64_t time_ns;
};

void ledger_override_release(struct ledger_override *override);

/* Appends it. ERROR_REFUSED with the reason if the state table does not allow it. For IMPORTED and MERGED `state` is taken as it is. */
bool ledger_override_add(struct ledger *ledger, int64_t runbook, const struct ledger_override *override,
			 struct error *err);

bool ledger_override_each(struct ledger *ledger, int64_t runbook, uint32_t step,
			  bool (*row)(void *context, const struct ledger_override *, struct error *), void *context,
			  struct error *err);

/* ---- Installed services ------------------------------------------------------------------------------------ */

struct ledger_component {
	char *name;
	char *version;
	char *runbook_id;
	char *package_root;
	int64_t installed_ns;
};

/* Records that a version was installed on this machine; history is kept, the newest is what counts. */
bool ledger_component_add(struct ledger *ledger, const struct ledger_component *component, uint32_t step,
			  struct error *err);

/* Calls `row` for each installed service by name. */
bool ledger_component_each(struct ledger *ledger,
			   bool (*row)(void *context, const struct ledger_component *, struct error *), void *context,
			   struct error *err);
