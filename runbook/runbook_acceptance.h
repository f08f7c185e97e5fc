// SPDX-License-Identifier: MIT
/*
 * RunbookAcceptance: an element of ours at the end of a runbook's root, which tells what became of it.
 *
 *	<RunbookAcceptance>
 *	  <SignOff> Time, UserName, Reason, BackupsRemoved </SignOff>
 *	  <RestoredBy> RunbookID, State, Time, UserName, Reason </RestoredBy>
 *	  <Restores> RunbookID, Time, UserName, Reason </Restores>
 *	</RunbookAcceptance>
 *
 * Each is there only if there is something to tell. Elements without a value are left out.
 */
#pragma once

#include <stdbool.h>

#include "runbook/base/strbuf.h"

#define RUNBOOK_ACCEPTANCE "RunbookAcceptance"

/* Strings are owned; "" where nothing is said. Times as written. */
struct runbook_acceptance {
	char *sign_time;
	char *sign_user;
	char *sign_reason;
	char *backups_removed;
	char *restored_by;
	bool is_restored; /* the runbook that restores is complete */
	char *restores;
	char *restore_time;
	char *restore_user;
	char *restore_reason;
};

void runbook_acceptance_release(struct runbook_acceptance *acceptance);

/* Appends the element as XML text for the end of a document; nothing if there is nothing to tell. */
void runbook_acceptance_write(const struct runbook_acceptance *acceptance, struct strbuf *ret);

/* Finds and reads it in what runbook_reader.h gives as the tail of a document. False: it is not there, or not as it should be. */
bool runbook_acceptance_read(const char *tail_xml, struct runbook_acceptance *ret);

/* The tail without it; the caller frees it. */
char *runbook_acceptance_cut(const char *tail_xml);
