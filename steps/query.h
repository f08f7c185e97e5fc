// SPDX-License-Identifier: MIT
/*
 * The ledger's handle and its prepared statements (steps/query_table.h). Only for steps/.
 *
 * A statement is prepared when it is first needed and kept. While it is in use it is taken out of the handle, so that a callback may
 * use the same one again.
 *
 *	CLEANUP_QUERY struct query query = QUERY_INIT;
 *	if (!query_open(&query, ledger, QUERY_STEP, err))
 *		return false;
 *	query_bind_int(&query, key);
 *	if (!query_row(&query, &found, err))
 */
#pragma once

#include <sqlite3.h>

#include "runbook/base/error.h"
#include "steps/ledger.h"
#include "steps/query_table.h"

struct ledger {
	sqlite3 *db;
	char *path;
	char *failure; /* of the disk: from then on everything is refused; NULL: none */
	sqlite3_stmt *statements[QUERY_COUNT];
};

struct query {
	struct ledger *ledger;
	enum query_id id;
	sqlite3_stmt *statement;
	int bound;
};

#define QUERY_INIT                         \
	{                                  \
		NULL, QUERY_COUNT, NULL, 0 \
	}

/* Refused if the ledger's disk has failed before: what SQLite believes may then not be what is on disk. */
bool query_open(struct query *query, struct ledger *ledger, enum query_id id, struct error *err);
void query_release(struct query *query);

#define CLEANUP_QUERY CLEANUP(query_release)

/* Gives the next parameter its value; texts are borrowed until the query is released or reset. */
void query_bind_int(struct query *query, int64_t value);
void query_bind_text(struct query *query, const char *text);

/* NULL where the value is less than `least`: the unknown numbers of the structs. */
void query_bind_known(struct query *query, int64_t value, int64_t least);

/* Fetches the next row, if there is one. */
bool query_row(struct query *query, bool *ret_found, struct error *err);

/* Runs a statement without rows, which can then be bound and run again. */
bool query_run(struct query *query, struct error *err);

/* Columns of the row. Text is copied for the caller; NULL gives "", or `unknown`. */
int64_t query_int(const struct query *query, int column);
int64_t query_known(const struct query *query, int column, int64_t unknown);
char *query_text(const struct query *query, int column);

/* The same, borrowed until the next row. */
const char *query_peek(const struct query *query, int column);

/* Sets the error for what SQLite said last, and notes if it was the disk. Always returns false. */
bool ledger_fail(struct ledger *ledger, struct error *err);

/*
 * A change of several statements: joins the transaction there is, or makes one for itself, which is rolled back
 * at the end of the scope unless it was committed.
 */
struct change {
	struct ledger *ledger; /* NULL: nothing to end */
};

#define CHANGE_INIT  \
	{            \
		NULL \
	}

/* Joins or begins; after a failure there is nothing to end. */
bool change_begin(struct change *change, struct ledger *ledger, struct error *err);

/* Durable when it returns true, unless the transaction is another's: then whoever began it commits it. */
bool change_commit(struct change *change, struct error *err);
void change_release(struct change *change);

#define CLEANUP_CHANGE CLEANUP(change_release)

/* The key of a step in the tables. */
static inline int64_t step_key(int64_t runbook, uint32_t number)
{
	return runbook * (INT64_C(1) << 32) + number;
}
