// SPDX-License-Identifier: MIT
#include "steps/schema_digest.h"

#include "runbook/base/strbuf.h"
#include "steps/database.h"

static void add_text(sqlite3_stmt *row, int column, struct strbuf *text)
{
	const void *value = sqlite3_column_text(row, column);

	if (value)
		strbuf_add(text, value, (size_t)sqlite3_column_bytes(row, column));
	strbuf_add(text, "", 1);
}

bool schema_digest(sqlite3 *db, char ret[static DIGEST_TEXT_SIZE])
{
	static const char sql[] = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
	CLEANUP_STATEMENT sqlite3_stmt *object = NULL;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	int code;

	if (sqlite3_prepare_v2(db, sql, -1, &object, NULL) != SQLITE_OK)
		return false;
	while ((code = sqlite3_step(object)) == SQLITE_ROW)
		for (int column = 0; column < 3; column++)
			add_text(object, column, &text);
	digest_bytes(text.data, text.length, ret);
	return code == SQLITE_DONE;
}
