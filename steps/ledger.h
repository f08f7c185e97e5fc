// SPDX-License-Identifier: MIT
/*
 * The step ledger: the SQLite database that knows every runbook, step, attempt, override and installed component of this machine.
 *
 * One handle per process, one thread. WAL and synchronous=FULL: what a function that writes has returned true for survives a power
 * cut. Several writes become one transaction between ledger_begin() and ledger_commit(). A definition of a step never changes
 * after import; attempts and overrides are appended. The schema enforces it, whoever writes.
 *
 * Strings in results are owned by the struct and released with its release function; strings in arguments are borrowed.
 * Unless said otherwise a failure is an ERROR_SYSTEM that names the ledger and leaves the database as it was; a writer that another
 * one keeps waiting for more than ten seconds gets an ERROR_BUSY. Once the disk has failed (a write or a sync), everything on
 * that handle fails: what was written may be lost, and only opening the ledger again tells.
 */
#pragma once

#include "runbook/base/error.h"
#include "steps/acceptance.h"
#include "steps/attempts.h"
#include "steps/components.h"
#include "steps/logs.h"
#include "steps/overrides.h"
#include "steps/runbooks.h"
#include "steps/steps.h"
#include "steps/sub_steps.h"

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

bool ledger_begin(struct ledger *ledger, struct error *err); /* BEGIN IMMEDIATE */
/* A transaction in which everything read is of one moment; ended with ledger_rollback(). */
bool ledger_begin_read(struct ledger *ledger, struct error *err);
bool ledger_commit(struct ledger *ledger, struct error *err); /* durable when it returns true */
void ledger_rollback(struct ledger *ledger);                  /* nothing happens outside a transaction */
