// SPDX-License-Identifier: MIT
#include "steps/ledger.h"

#include <assert.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "steps/database.h"
#include "steps/query.h"

bool ledger_open(const char *path, enum ledger_mode mode, struct ledger **ret, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(path);
	struct ledger *ledger;
	sqlite3 *db;

	if (!database_open(absolute, mode, &db, err))
		return false;
	ledger = xcalloc(1, sizeof(*ledger));
	ledger->db = db;
	ledger->path = TAKE(absolute);
	*ret = ledger;
	return true;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	ledger_rollback(ledger);
	/* After a failed write or sync nothing more is brought over into the file: it might not be what was written. */
	if (ledger->failure)
		(void)sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	for (size_t i = 0; i < QUERY_COUNT; i++)
		(void)sqlite3_finalize(ledger->statements[i]);
	(void)sqlite3_close(ledger->db);
	free(ledger->failure);
	free(ledger->path);
	free(ledger);
}

const char *ledger_path(const struct ledger *ledger)
{
	return ledger->path;
}

static bool run(struct ledger *ledger, enum query_id id, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	return query_open(&query, ledger, id, err) && query_run(&query, err);
}

bool ledger_begin(struct ledger *ledger, struct error *err)
{
	assert(sqlite3_get_autocommit(ledger->db));
	return run(ledger, QUERY_BEGIN, err);
}

bool ledger_begin_read(struct ledger *ledger, struct error *err)
{
	assert(sqlite3_get_autocommit(ledger->db));
	return run(ledger, QUERY_BEGIN_READ, err);
}

bool ledger_commit(struct ledger *ledger, struct error *err)
{
	if (run(ledger, QUERY_COMMIT, err))
		return true;
	ledger_rollback(ledger);
	return false;
}

void ledger_rollback(struct ledger *ledger)
{
	if (!sqlite3_get_autocommit(ledger->db))
		(void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

bool change_begin(struct change *change, struct ledger *ledger, struct error *err)
{
	if (!sqlite3_get_autocommit(ledger->db))
		return true;
	if (!ledger_begin(ledger, err))
		return false;
	change->ledger = ledger;
	return true;
}

bool change_commit(struct change *change, struct error *err)
{
	return !change->ledger || ledger_commit(TAKE(change->ledger), err);
}

void change_release(struct change *change)
{
	if (change->ledger)
		ledger_rollback(change->ledger);
}
