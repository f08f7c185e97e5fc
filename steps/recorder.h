// SPDX-License-Identifier: MIT
/*
 * Puts a runbook into the ledger, step by step, in the caller's transaction. Only for steps/.
 *
 *	recorder_begin → for each step: recorder_script, recorder_script_add if it is new, recorder_step → recorder_log …
 *	→ recorder_seal
 *
 * Until it is sealed the runbook is none; if anything fails the caller rolls back. Memory does not grow with the number of
 * steps.
 */
#pragma once

#include "runbook/runbook_writer.h"
#include "steps/ledger.h"

struct recorder;

/* A script of the runbook; `key` is 0 as long as it is not in the ledger. */
struct recorded_script {
	char *service_model;
	char *file_name;
	char *sha256; /* "": no script, or none here */
	int64_t key;
	bool reported; /* for the caller: a problem of it was reported */
};

struct recorder_request {
	const struct ledger_runbook
		*runbook; /* id, package_root, guid, version, imported_ns; the package type is told at the end */
	const struct runbook_head *head;
	const char *origin; /* the reason of the overrides that take states over; borrowed until the end */
};

bool recorder_begin(struct ledger *ledger, const struct recorder_request *request, struct recorder **ret,
		    struct error *err);
void recorder_free(struct recorder *recorder); /* NULL is fine */

/* The script of that name; valid until the next call. A new one has no key yet: recorder_script_add() follows. */
bool recorder_script(struct recorder *recorder, const char *service_model, const char *file_name,
		     struct recorded_script **ret, struct error *err);
bool recorder_script_add(struct recorder *recorder, struct recorded_script *script, const char *sha256,
			 struct error *err);

/* A state other than NotStarted becomes an override of kind Imported. */
bool recorder_step(struct recorder *recorder, const struct step *step, const struct recorded_script *script,
		   enum step_state state, struct error *err);

/* A log of the document, also later: of a document that is merged, or ours. */
bool log_record(struct ledger *ledger, int64_t runbook, const struct runbook_log *log, struct error *err);
bool recorder_log(struct recorder *recorder, const struct runbook_log *log, struct error *err);
bool recorder_tail(struct recorder *recorder, const char *unknown_xml, struct error *err);

/* Refused by the schema if there are no steps or their numbers have a gap. */
bool recorder_seal(struct recorder *recorder, const char *package_type, struct error *err);
