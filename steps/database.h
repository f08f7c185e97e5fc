// SPDX-License-Identifier: MIT
/*
 * The ledger's file: opened, recognised, checked, brought up to date. Only for steps/.
 */
#pragma once

#include <sqlite3.h>

#include "runbook/base/cleanup.h"
#include "runbook/base/error.h"
#include "steps/ledger.h"

static inline void cleanup_statement_(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement);
}

#define CLEANUP_STATEMENT CLEANUP(cleanup_statement_)

/*
 * Opens the file as ledger_open() says. For LEDGER_READ a file that is missing or empty gives an empty ledger in memory.
 * `path` is absolute. The caller closes `*ret` with sqlite3_close().
 */
bool database_open(const char *path, enum ledger_mode mode, sqlite3 **ret, struct error *err);

/*
 * Sets the error for what SQLite said last; `path` names the ledger. Busy is an ERROR_BUSY, a rule of the schema an
 * ERROR_REFUSED, the rest an ERROR_SYSTEM. Always returns false. Out of memory aborts.
 */
bool database_error(sqlite3 *db, const char *path, struct error *err);

/* Runs one statement without parameters and rows. */
bool database_execute(sqlite3 *db, const char *path, const char *sql, struct error *err);
