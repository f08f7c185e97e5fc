// SPDX-License-Identifier: MIT
#include "steps/maintenance.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "steps/database.h"
#include "steps/query.h"

/* Each gives one row of text per problem. */
static const char *const checks[] = {
	"SELECT integrity_check FROM pragma_integrity_check(100) WHERE integrity_check <> 'ok'",
	"SELECT 'table ' || \"table\" || ', row ' || coalesce(rowid, '?') || ' refers to what is missing in ' || parent"
	"  FROM pragma_foreign_key_check",
	"SELECT 'runbook ' || Id || ': its counters are not those of its steps' FROM Runbook LEFT JOIN ("
	"    SELECT Key >> 32 AS Owner, count(*) AS Steps, sum(State = 0) AS S0, sum(State = 1) AS S1, sum(State = 2) AS S2,"
	"      sum(State = 3) AS S3, sum(State = 4) AS S4, sum(State = 5) AS S5, sum(State = 6) AS S6,"
	"      coalesce(min(CASE WHEN State NOT IN (2, 6) THEN Number END), 0) AS Next FROM Step GROUP BY Key >> 32"
	"  ) ON Owner = Runbook.Key"
	"  WHERE (StepCount, NotStarted, InProgress, Completed, Failed, TimedOut, Interrupted, Skipped, NextStep)"
	"    IS NOT (Steps, S0, S1, S2, S3, S4, S5, S6, Next)",
	"SELECT 'runbook ' || Id || ', step ' || Number || ': its state is not what its last attempt or override says'"
	"  FROM Step JOIN Runbook ON Runbook.Key = Step.Key >> 32 WHERE State IS NOT coalesce("
	"    (SELECT o.State FROM Override AS o WHERE o.Step = Step.Key AND AfterAttempt = AttemptCount"
	"      ORDER BY o.Number DESC LIMIT 1),"
	"    (SELECT a.State FROM Attempt AS a WHERE a.Step = Step.Key AND a.Number = AttemptCount), 0)",
	"SELECT 'runbook ' || Id || ', step ' || (Step & 4294967295) || ': its attempts are not numbered from 1'"
	"  FROM Attempt JOIN Runbook ON Runbook.Key = Step >> 32"
	"  GROUP BY Step HAVING min(Number) <> 1 OR max(Number) <> count(*)"
	"    OR max(Number) <> (SELECT AttemptCount FROM Step WHERE Key = Attempt.Step)",
};

/* For whoever reads it, a ledger that is not there is an empty one. To find nothing wrong with that, or to copy it, would be no truth. */
static bool check_there(const struct ledger *ledger, struct error *err)
{
	struct stat status;

	if (stat(ledger->path, &status) < 0)
		return error_set(err, ERROR_INPUT, "ledger %s: no such file", ledger->path);
	if (!status.st_size)
		return error_set(err, ERROR_INPUT, "ledger %s: the file is empty: what was in it is lost",
				 ledger->path);
	return true;
}

/* SQLite gives several problems as the lines of one row. */
static void add_lines(const struct ledger *ledger, const char *text, struct problem_list *problems)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		/* A heading of SQLite says nothing by itself. */
		if (length && strncmp(text, "***", 3) != 0)
			problem_add(problems, ledger->path, 0, "%.*s", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static bool run_check(struct ledger *ledger, const char *sql, struct problem_list *problems, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int result;

	if (sqlite3_prepare_v2(ledger->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return database_error(ledger->db, ledger->path, err);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW)
		add_lines(ledger, (const char *)sqlite3_column_text(statement, 0), problems);
	(void)sqlite3_finalize(statement);
	if (result == SQLITE_DONE)
		return true;
	/* That it cannot even be read is what the check is for. */
	if (result == SQLITE_CORRUPT || result == SQLITE_NOTADB) {
		problem_add(problems, ledger->path, 0, "%s", sqlite3_errmsg(ledger->db));
		return true;
	}
	return database_error(ledger->db, ledger->path, err);
}

bool ledger_check(struct ledger *ledger, struct problem_list *problems, struct error *err)
{
	if (!check_there(ledger, err))
		return false;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!run_check(ledger, checks[i], problems, err))
			return false;
	return true;
}

/* One step copies all: a page that others change meanwhile would begin it anew. */
static bool copy_pages(struct ledger *ledger, sqlite3 *copy, const char *target, struct error *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(copy, "main", ledger->db, "main");

	if (!backup)
		return database_error(copy, target, err);
	(void)sqlite3_backup_step(backup, -1);
	if (sqlite3_backup_finish(backup) != SQLITE_OK)
		return database_error(copy, target, err);
	/* The copy is a file of its own: without a WAL beside it, it can be carried elsewhere. */
	return database_execute(copy, target, "PRAGMA journal_mode = DELETE", err);
}

static bool write_copy(struct ledger *ledger, const char *path, struct error *err)
{
	sqlite3 *copy = NULL;
	bool fine;

	if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		fine = database_error(copy, path, err);
	else
		fine = copy_pages(ledger, copy, path, err);
	(void)sqlite3_close(copy);
	return fine;
}

bool ledger_backup(struct ledger *ledger, const char *target, struct error *err)
{
	CLEANUP(fs_atomic_release) struct fs_atomic file = FS_ATOMIC_INIT;

	if (!check_there(ledger, err))
		return false;
	if (access(target, F_OK) == 0)
		return error_set(err, ERROR_REFUSED, "%s: exists already; name a new file", target);
	return fs_atomic_open(&file, target, FS_MODE_FILE, err) && write_copy(ledger, file.temporary, err) &&
	       fs_atomic_commit(&file, err);
}
