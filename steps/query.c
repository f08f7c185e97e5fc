// SPDX-License-Identifier: MIT
#include "steps/query.h"

#include <assert.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "steps/database.h"

bool ledger_fail(struct ledger *ledger, struct error *err)
{
	(void)database_error(ledger->db, ledger->path, err);
	if ((sqlite3_errcode(ledger->db) & 0xff) == SQLITE_IOERR && !ledger->failure)
		ledger->failure = xstrdup(err->message);
	return false;
}

bool query_open(struct query *query, struct ledger *ledger, enum query_id id, struct error *err)
{
	*query = (struct query){ .ledger = ledger, .id = id, .statement = TAKE(ledger->statements[id]) };
	if (ledger->failure)
		return error_set(err, ERROR_SYSTEM, "%s (and nothing is believed after that; look at the disk)",
				 ledger->failure);
	if (!query->statement && sqlite3_prepare_v3(ledger->db, query_sql(id), -1, SQLITE_PREPARE_PERSISTENT,
						    &query->statement, NULL) != SQLITE_OK)
		return ledger_fail(ledger, err);
	return true;
}

void query_release(struct query *query)
{
	sqlite3_stmt **place;

	if (!query->statement)
		return;
	(void)sqlite3_reset(query->statement);
	(void)sqlite3_clear_bindings(query->statement);
	place = &query->ledger->statements[query->id];
	if (*place)
		(void)sqlite3_finalize(query->statement);
	else
		*place = query->statement;
	query->statement = NULL;
}

/* Binding fails only for lack of memory, or for a programming error. */
static void bound(int result)
{
	if (result == SQLITE_NOMEM)
		abort();
	assert(result == SQLITE_OK);
}

void query_bind_int(struct query *query, int64_t value)
{
	bound(sqlite3_bind_int64(query->statement, ++query->bound, value));
}

void query_bind_text(struct query *query, const char *text)
{
	bound(sqlite3_bind_text(query->statement, ++query->bound, text ? text : "", -1, SQLITE_STATIC));
}

void query_bind_known(struct query *query, int64_t value, int64_t least)
{
	query->bound++;
	bound(value < least ? sqlite3_bind_null(query->statement, query->bound)
			    : sqlite3_bind_int64(query->statement, query->bound, value));
}

bool query_row(struct query *query, bool *ret_found, struct error *err)
{
	int result = sqlite3_step(query->statement);

	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return ledger_fail(query->ledger, err);
	*ret_found = result == SQLITE_ROW;
	return true;
}

bool query_run(struct query *query, struct error *err)
{
	bool done = sqlite3_step(query->statement) == SQLITE_DONE || ledger_fail(query->ledger, err);

	(void)sqlite3_reset(query->statement);
	query->bound = 0;
	return done;
}

int64_t query_int(const struct query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

int64_t query_known(const struct query *query, int column, int64_t unknown)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL ? unknown : query_int(query, column);
}

const char *query_peek(const struct query *query, int column)
{
	const unsigned char *text = sqlite3_column_text(query->statement, column);

	return text ? (const char *)text : "";
}

char *query_text(const struct query *query, int column)
{
	const unsigned char *text = sqlite3_column_text(query->statement, column);

	return text ? xmemdupz(text, (size_t)sqlite3_column_bytes(query->statement, column)) : xstrdup("");
}
