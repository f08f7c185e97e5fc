// SPDX-License-Identifier: MIT
/*
 * Everything that somebody needs who is to help with a runbook, in one archive: a folder RUNBOOKID/ with
 *
 *	CONTENTS.txt	name, size and SHA-256 of each other file
 *	facts.txt	version, machine, disks, memory, processes of this moment: the only file that differs from call to call
 *	ledger.sql	the runbook's rows of the ledger
 *	report.json, report.txt	what became of it
 *	runbook.xml	the runbook as export writes it
 *	logs/STEP-NAME	the log of each attempt, of a long one its end
 *
 * All of it is masked. The same ledger and logs give the same bytes but for facts.txt and its line in CONTENTS.txt.
 */
#pragma once

#include "runbook/base/strbuf.h"
#include "steps/ledger.h"

/* So much of a log's end is taken. */
enum { BUNDLE_LOG_BYTES = 16 * 1024 * 1024 };

/* Writes it. ERROR_REFUSED, and no file: a last look at what is to be written finds something that looks like a secret. */
bool bundle_write(struct ledger *ledger, const char *runbook_id, const char *path, struct error *err);

/* That last look: whether the rules of masking find anything in it. `name` is for the message. */
bool bundle_check(const char *name, const struct strbuf *content, struct error *err);

/* For a run that stopped at a failed step, or is about to be taken back: writes FOLDER/RUNBOOKID-DATE.tar.gz and says so in a note; trouble is only noted. */
void bundle_write_to_folder(struct ledger *ledger, const char *runbook_id, const char *folder);
