// SPDX-License-Identifier: MIT
#include "steps/extract.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "steps/database.h"
#include "steps/query.h"
#include "steps/schema.h"

/*
 * The tables, and by which of their columns a row belongs to a runbook: whatever later versions of the schema add is found by the same names. Of the
 * table Step it is the key itself.
 */
static const char find_tables[] =
	"SELECT m.name, CASE WHEN m.name = 'Step' THEN 'Key >> 32 = ?1' WHEN m.name = 'Runbook' THEN 'Key = ?1'"
	"  WHEN EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'Runbook') THEN 'Runbook = ?1'"
	"  WHEN EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'RunbookId') THEN 'RunbookId = ?2'"
	"  WHEN EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'Step') THEN 'Step >> 32 = ?1' END"
	" FROM sqlite_schema AS m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name";

static bool prepare(struct ledger *ledger, const char *sql, sqlite3_stmt **ret, struct error *err)
{
	return sqlite3_prepare_v2(ledger->db, sql, -1, ret, NULL) == SQLITE_OK ||
	       database_error(ledger->db, ledger->path, err);
}

static void add_value(sqlite3_stmt *row, int column, struct strbuf *ret)
{
	char *quoted;

	if (sqlite3_column_type(row, column) == SQLITE_INTEGER) {
		strbuf_addf(ret, "%lld", (long long)sqlite3_column_int64(row, column));
		return;
	}
	quoted = sqlite3_mprintf("%Q", (const char *)sqlite3_column_text(row, column));
	if (!quoted)
		abort();
	strbuf_add_str(ret, quoted);
	sqlite3_free(quoted);
}

static void add_row(sqlite3_stmt *row, const char *table, struct strbuf *ret)
{
	strbuf_addf(ret, "INSERT INTO %s (", table);
	for (int i = 0; i < sqlite3_column_count(row); i++)
		strbuf_addf(ret, "%s%s", i ? ", " : "", sqlite3_column_name(row, i));
	strbuf_add_str(ret, ") VALUES (");
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		strbuf_add_str(ret, i ? ", " : "");
		add_value(row, i, ret);
	}
	strbuf_add_str(ret, ");\n");
}

static bool add_table(struct ledger *ledger, const struct ledger_runbook *runbook, sqlite3_stmt *table,
		      struct strbuf *ret, struct error *err)
{
	const char *name = (const char *)sqlite3_column_text(table, 0);
	const char *condition = (const char *)sqlite3_column_text(table, 1);
	CLEANUP_STRBUF struct strbuf sql = STRBUF_INIT;
	sqlite3_stmt *row = NULL;
	int result = SQLITE_DONE;

	if (!condition)
		return true;
	strbuf_addf(&sql, "SELECT * FROM %s WHERE %s ORDER BY 1, 2", name, condition);
	if (!prepare(ledger, sql.data, &row, err))
		return false;
	(void)sqlite3_bind_int64(row, 1, runbook->key);
	if (sqlite3_bind_parameter_count(row) > 1)
		(void)sqlite3_bind_text(row, 2, runbook->id, -1, SQLITE_STATIC);
	while ((result = sqlite3_step(row)) == SQLITE_ROW)
		add_row(row, name, ret);
	(void)sqlite3_finalize(row);
	return result == SQLITE_DONE || database_error(ledger->db, ledger->path, err);
}

bool ledger_extract(struct ledger *ledger, const struct ledger_runbook *runbook, struct strbuf *ret, struct error *err)
{
	sqlite3_stmt *table = NULL;
	bool fine = true;
	int result = SQLITE_DONE;

	strbuf_addf(ret, "-- Rows of runbook %s, schema version %d\n", runbook->id, SCHEMA_VERSION);
	if (!prepare(ledger, find_tables, &table, err))
		return false;
	while (fine && (result = sqlite3_step(table)) == SQLITE_ROW)
		fine = add_table(ledger, runbook, table, ret, err);
	(void)sqlite3_finalize(table);
	return fine && (result == SQLITE_DONE || database_error(ledger->db, ledger->path, err));
}
