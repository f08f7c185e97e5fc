// SPDX-License-Identifier: MIT
/*
 * The ledger with SQLite's default journal instead of WAL, from outside (LD_PRELOAD): the control that power cuts must catch. A commit is then
 * the removal of a file, which nobody syncs.
 */
#include <dlfcn.h>
#include <string.h>

struct sqlite3;
struct sqlite3_stmt;

typedef int (*prepare_function)(struct sqlite3 *db, const char *sql, int length, struct sqlite3_stmt **ret,
				const char **ret_tail);

int sqlite3_prepare_v2(struct sqlite3 *db, const char *sql, int length, struct sqlite3_stmt **ret,
		       const char **ret_tail);

int sqlite3_prepare_v2(struct sqlite3 *db, const char *sql, int length, struct sqlite3_stmt **ret,
		       const char **ret_tail)
{
	static prepare_function real;
	void *found;

	if (!real) {
		found = dlsym(RTLD_NEXT, "sqlite3_prepare_v2");
		memcpy(&real, &found, sizeof(real));
	}
	if (strcmp(sql, "PRAGMA journal_mode = WAL") == 0)
		sql = "SELECT 'wal'";
	return real(db, sql, length, ret, ret_tail);
}
