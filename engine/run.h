// SPDX-License-Identifier: MIT
/*
 * Executing a runbook: the walk over the ledger, step by step.
 *
 * Prints the lines of design section 4 on standard output. Everything that happens is in the ledger before it is printed.
 */
#pragma once

#include "runbook/base/error.h"
#include "steps/ledger.h"

struct run_request {
	const char *runbook_id;
	const char *package_path;   /* overrides the package root of the import; NULL: that one */
	const char *machine;        /* this machine's name */
	const char *user;           /* who asked */
	const char *catalogue_file; /* the admin's failure catalogue; NULL: none */
	const char *reason;         /* of an override; NULL: none given */
	uint32_t rerun_first;       /* -rerunstep=A..B, or A = B; 0: not asked */
	uint32_t rerun_last;
	uint32_t rerun_sub_step; /* -rerunstep=N.M: of rerun_first, the sub-step to begin with; 0: the whole step */
	uint32_t set_complete;   /* -setstepcomplete=N; 0: not asked */
	uint32_t until;          /* -untilstep=N: the last step to run; 0: all */
	uint32_t only;           /* executestep: this step and no other; 0: no */
	bool accept_change;
	bool without_mask; /* output is kept with its secrets; the reason is recorded with each step that is run so */
	bool auto_resume;
	bool require_signature; /* -requiresignature: of a package root that is not that of the import */
	bool require_sign_off;  /* -requiresignoff: of earlier runbooks for the same service models */
	bool version_check;     /* -versioncheck: what is installed already is Skipped, a lower version refused */
	bool without_backup;    /* -backup=false: environment backup and Backup steps are Skipped */
	bool quiet;             /* of the script's output nothing is shown */
	bool json; /* what happens is told on standard output, as lines of JSON, and nothing else is written there */
	int64_t retry_pause_ms; /* before the first retry; doubles each time */
	int64_t grace_ms;       /* between TERM and KILL */
	uint64_t log_cap_bytes;
	const char *bundle_folder; /* -bundle: where a run that stops at a failed step leaves a bundle; NULL: nowhere */
	const char *events_file;   /* -events; NULL: none */
	const char *notify_command; /* -notify; NULL: none */
	int64_t notify_timeout_ms;  /* what it has for one event */
	const char *
		repeat_options; /* what a command to go on must repeat, ready to copy: " -ledger='/a b/l.db'"; "" if nothing */
};

/* A request with the defaults: no step chosen, retry pause 5 s, grace 10 s, log cap 1 GiB, 10 s for a notify command. */
void run_request_init(struct run_request *request);

/*
 * Executes from the first step that is not done. Needs a ledger open for writing. Returns true when the last step asked for is done; otherwise the error
 * says why it stopped and with which command it goes on, and its code is the exit code of design section 4.
 */
bool run_execute(struct ledger *ledger, const struct run_request *request, struct error *err);

/*
 * Tells for each step what would happen, and starts nothing: interpreter, script, timeout, retries, log folder, whether it would
 * run and why. Needs a ledger open for reading only; writes nothing but standard output.
 */
bool run_dry(struct ledger *ledger, const struct run_request *request, struct error *err);
