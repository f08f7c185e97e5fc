// SPDX-License-Identifier: MIT
#include "steps/database.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "steps/schema.h"
#include "steps/schema_digest.h"

enum {
	BUSY_TIMEOUT_MS = 10000,
	CACHE_KB = 8192,
	/*
	 * The log of committed changes is overwritten in place up to here, so that a commit neither waits for the file system to
	 * find room nor needs any; what a large import needed beyond it is given back.
	 */
	WAL_PAGES = 500,
	WAL_KEPT_BYTES = 16 << 20,
	/* Above it a whole check would be felt at every command; `ledger check` does it then. */
	CHECK_WHOLE_BYTES = 8 << 20,
};

static void cleanup_database(sqlite3 **db)
{
	(void)sqlite3_close(*db);
}

#define CLEANUP_DATABASE CLEANUP(cleanup_database)

static bool error_of_io(sqlite3 *db, const char *path, struct error *err)
{
	int code = sqlite3_extended_errcode(db);
	int errnum = sqlite3_system_errno(db);

	if (errnum)
		return error_set_errno(err, errnum, "ledger %s: %s (SQLite %d)", path, sqlite3_errmsg(db), code);
	return error_set(err, ERROR_SYSTEM, "ledger %s: %s (SQLite %d)", path, sqlite3_errmsg(db), code);
}

bool database_error(sqlite3 *db, const char *path, struct error *err)
{
	switch (sqlite3_errcode(db) & 0xff) {
	case SQLITE_NOMEM:
		(void)fputs("out of memory\n", stderr);
		abort();
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERROR_BUSY,
				 "ledger %s: another process is writing to it; nothing was changed, try again", path);
	case SQLITE_CONSTRAINT:
		return error_set(err, ERROR_REFUSED, "ledger %s: %s", path, sqlite3_errmsg(db));
	case SQLITE_FULL:
		return error_set(err, ERROR_SYSTEM, "ledger %s: the disk is full", path);
	case SQLITE_CORRUPT:
		return error_set(err, ERROR_SYSTEM, "ledger %s: damaged (%s); put a good copy in its place", path,
				 sqlite3_errmsg(db));
	case SQLITE_NOTADB:
		return error_set(err, ERROR_REFUSED, "ledger %s: not a ledger (%s)", path, sqlite3_errmsg(db));
	default:
		return error_of_io(db, path, err);
	}
}

bool database_execute(sqlite3 *db, const char *path, const char *sql, struct error *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return database_error(db, path, err);
	return true;
}

/* The first value of the first row, as a number or as text (which the caller frees with sqlite3_free). */
static bool query_int(sqlite3 *db, const char *path, const char *sql, int64_t *ret, struct error *err)
{
	CLEANUP_STATEMENT sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
		return database_error(db, path, err);
	*ret = sqlite3_column_int64(statement, 0);
	return true;
}

/* The text that a pragma gives; the caller frees it. */
static bool read_pragma(sqlite3 *db, const char *path, const char *sql, char **ret, struct error *err)
{
	CLEANUP_STATEMENT sqlite3_stmt *statement = NULL;
	const char *text;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
		return database_error(db, path, err);
	text = (const char *)sqlite3_column_text(statement, 0);
	*ret = xstrdup(text ? text : "");
	return true;
}

/* Nothing in the file may make SQLite do more than read and write tables: it may come from somebody else. */
static bool configure(sqlite3 *db, const char *path, struct error *err)
{
	static const struct {
		int option;
		int value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },     { SQLITE_DBCONFIG_DQS_DML, 0 },
	};
	char pragmas[200];

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (sqlite3_db_config(db, options[i].option, options[i].value, NULL) != SQLITE_OK)
			return database_error(db, path, err);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
	(void)snprintf(pragmas, sizeof(pragmas),
		       "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
		       "PRAGMA cache_size = -%d; PRAGMA journal_size_limit = %d; PRAGMA wal_autocheckpoint = %d",
		       CACHE_KB, WAL_KEPT_BYTES, WAL_PAGES);
	return database_execute(db, path, pragmas, err);
}

static bool migrate_to(sqlite3 *db, const char *path, int version, struct error *err)
{
	char pragmas[100];

	for (const char *const *sql = schema_migration(version); *sql; sql++)
		if (!database_execute(db, path, *sql, err))
			return error_prefix(err, "schema version %d", version);
	(void)snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		       SCHEMA_APPLICATION_ID, version);
	return database_execute(db, path, pragmas, err);
}

static bool migrate_in_transaction(sqlite3 *db, const char *path, struct error *err)
{
	int64_t version = 0;
	bool done;

	if (!database_execute(db, path, "BEGIN IMMEDIATE", err))
		return false;
	done = query_int(db, path, "PRAGMA user_version", &version, err);
	while (done && version < SCHEMA_VERSION)
		done = migrate_to(db, path, (int)++version, err);
	if (done && database_execute(db, path, "COMMIT", err))
		return true;
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

/* Brings the schema up to date in one transaction. Another process may have done it meanwhile. Our own statements may change it in every way. */
static bool migrate(sqlite3 *db, const char *path, struct error *err)
{
	bool done;

	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	done = migrate_in_transaction(db, path, err);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return done;
}

static bool open_empty(sqlite3 **ret, struct error *err)
{
	static const char name[] = ":memory:";
	CLEANUP_DATABASE sqlite3 *db = NULL;

	if (sqlite3_open(name, &db) != SQLITE_OK)
		return database_error(db, name, err);
	if (!configure(db, name, err) || !migrate(db, name, err))
		return false;
	*ret = TAKE(db);
	return true;
}

/* Makes the file if it is missing, so that it never has another mode than 0600, not even for a moment. */
static bool make_file(const char *path, bool *ret_made, struct error *err)
{
	CLEANUP_FREE char *folder = fs_folder_of(path);
	CLEANUP_FD int fd = -1;

	if (!fs_make_folders(folder, FS_MODE_FOLDER, err))
		return false;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	*ret_made = fd >= 0;
	if (fd < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "ledger %s", path);
	return fd < 0 || fs_sync_folder(folder, err);
}

struct identity {
	int64_t application_id;
	int64_t version;
	int64_t objects; /* tables and so on */
	int64_t pages;
};

/* A file that was made but not filled: a first command that was killed, or an admin's touch. */
static bool identity_is_blank(const struct identity *identity)
{
	return !identity->application_id && !identity->version && !identity->objects && identity->pages <= 1;
}

static bool identify(sqlite3 *db, const char *path, struct identity *ret, struct error *err)
{
	if (!query_int(db, path, "PRAGMA application_id", &ret->application_id, err) ||
	    !query_int(db, path, "PRAGMA user_version", &ret->version, err) ||
	    !query_int(db, path, "SELECT count(*) FROM sqlite_schema", &ret->objects, err) ||
	    !query_int(db, path, "PRAGMA page_count", &ret->pages, err))
		return false;
	if (identity_is_blank(ret))
		return true;
	if (ret->application_id != SCHEMA_APPLICATION_ID)
		return error_set(err, ERROR_REFUSED, "ledger %s: a database of another program, not a ledger", path);
	if (ret->version > SCHEMA_VERSION)
		return error_set(err, ERROR_REFUSED,
				 "ledger %s: made by a newer version of this program (schema %" PRId64
				 ", this one knows %d)",
				 path, ret->version, SCHEMA_VERSION);
	return true;
}

static bool check_damage(sqlite3 *db, const char *path, struct error *err)
{
	CLEANUP_FREE char *verdict = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return error_set_errno(err, errno, "ledger %s", path);
	if (!read_pragma(db, path,
			 st.st_size <= CHECK_WHOLE_BYTES ? "PRAGMA quick_check(1)" : "PRAGMA quick_check(Runbook)",
			 &verdict, err))
		return false;
	if (strcmp(verdict, "ok") != 0)
		return error_set(err, ERROR_SYSTEM, "ledger %s: damaged; put a good copy in its place", path);
	return true;
}

/* Whether the object that a row of `wanted` describes is in the database, word for word. */
static bool has_object(sqlite3 *db, sqlite3_stmt *wanted, bool *ret)
{
	CLEANUP_STATEMENT sqlite3_stmt *found = NULL;

	if (sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ? AND sql = ?", -1, &found,
			       NULL) != SQLITE_OK)
		return false;
	for (int i = 0; i < 3; i++)
		if (sqlite3_bind_value(found, i + 1, sqlite3_column_value(wanted, i)) != SQLITE_OK)
			return false;
	*ret = sqlite3_step(found) == SQLITE_ROW;
	return true;
}

/*
 * What the schema enforces it can enforce only if it is there: every table, index and trigger must be the one a new ledger has, and
 * no other trigger may interfere. Further tables, indexes and views of an admin are none of our business.
 */
static bool compare_schema(sqlite3 *db, const char *path, struct error *err)
{
	static const char list[] = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL";
	static const char triggers[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'";
	CLEANUP_DATABASE sqlite3 *fresh = NULL;
	CLEANUP_STATEMENT sqlite3_stmt *wanted = NULL;
	int64_t here = 0, there = 0;
	bool found = true;

	if (!open_empty(&fresh, err))
		return false;
	if (sqlite3_prepare_v2(fresh, list, -1, &wanted, NULL) != SQLITE_OK)
		return database_error(fresh, path, err);
	while (found && sqlite3_step(wanted) == SQLITE_ROW)
		if (!has_object(db, wanted, &found))
			return database_error(db, path, err);
	if (!query_int(fresh, path, triggers, &there, err) || !query_int(db, path, triggers, &here, err))
		return false;
	if (!found || here != there)
		return error_set(err, ERROR_REFUSED,
				 "ledger %s: its rules were changed by somebody else; put a good copy in its place",
				 path);
	return true;
}

/* Only to who has added something the long way is left. */
static bool check_schema(sqlite3 *db, const char *path, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];

	if (!schema_digest(db, digest))
		return database_error(db, path, err);
	return strcmp(digest, SCHEMA_SHA256) == 0 || compare_schema(db, path, err);
}

/* Whether it was the memory shared by WAL's users that could not be had, and not because of how the machine is just now. */
static bool is_wal_impossible(sqlite3 *db)
{
	static const int passing[] = { ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EROFS };
	int code = sqlite3_extended_errcode(db);

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (sqlite3_system_errno(db) == passing[i])
			return false;
	return code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMLOCK ||
	       code == SQLITE_IOERR_SHMMAP || code == SQLITE_IOERR_LOCK;
}

static bool set_wal(sqlite3 *db, const char *path, struct error *err)
{
	CLEANUP_ERROR struct error reason = ERROR_INIT;
	CLEANUP_FREE char *mode = NULL;
	int persist = 1;

	if (!read_pragma(db, path, "PRAGMA journal_mode = WAL", &mode, &reason) && !is_wal_impossible(db)) {
		*err = reason;
		reason = (struct error)ERROR_INIT;
		return false;
	}
	if (!mode || strcmp(mode, "wal") != 0)
		return error_set(
			err, ERROR_REFUSED,
			"ledger %s: this file system cannot keep a ledger safely (no shared memory for SQLite's "
			"WAL); choose a local one with -ledger=",
			path);
	(void)sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	return true;
}

static bool open_to_write(sqlite3 *db, const char *path, struct error *err)
{
	struct identity identity;

	if (!identify(db, path, &identity, err) || !set_wal(db, path, err))
		return false;
	if (identity.version < SCHEMA_VERSION && !migrate(db, path, err))
		return false;
	/* In one transaction, for the locks are what costs. */
	return database_execute(db, path, "BEGIN", err) && check_damage(db, path, err) && check_schema(db, path, err) &&
	       database_execute(db, path, "COMMIT", err);
}

static bool open_to_read(sqlite3 *db, const char *path, bool *ret_blank, struct error *err)
{
	struct identity identity;

	if (!identify(db, path, &identity, err))
		return false;
	*ret_blank = identity_is_blank(&identity);
	if (!*ret_blank && identity.version < SCHEMA_VERSION)
		return error_set(err, ERROR_REFUSED,
				 "ledger %s: made by an older version of this program; the next command that changes "
				 "something, such as import or execute, brings it up to date",
				 path);
	return true;
}

static bool open_file(const char *path, int flags, sqlite3 **ret, struct error *err)
{
	CLEANUP_DATABASE sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		return database_error(db, path, err);
	if (!configure(db, path, err))
		return false;
	*ret = TAKE(db);
	return true;
}

static bool open_writer(const char *path, sqlite3 **ret, struct error *err)
{
	CLEANUP_DATABASE sqlite3 *db = NULL;
	bool made;

	if (!make_file(path, &made, err))
		return false;
	if (!open_file(path, SQLITE_OPEN_READWRITE, &db, err) || !open_to_write(db, path, err)) {
		/* Refused: WAL is not possible here. Otherwise somebody else may be using it already. */
		if (made && err->code == ERROR_REFUSED)
			(void)unlink(path);
		return false;
	}
	*ret = TAKE(db);
	return true;
}

static bool open_reader(const char *path, sqlite3 **ret, struct error *err)
{
	CLEANUP_DATABASE sqlite3 *db = NULL;
	bool blank;

	if (!open_file(path, SQLITE_OPEN_READONLY, &db, err))
		return false;
	/* The last to close brings the log of changes over into the file: that is for writers. */
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (!open_to_read(db, path, &blank, err))
		return false;
	if (blank)
		return open_empty(ret, err);
	*ret = TAKE(db);
	return true;
}

/* One thread, and nobody asks how much memory SQLite has: without its locks and counts an import takes a tenth less. */
static void configure_library(void)
{
	static bool done;

	if (!done) {
		(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
		(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	}
	done = true;
}

bool database_open(const char *path, enum ledger_mode mode, sqlite3 **ret, struct error *err)
{
	struct stat st;
	bool missing = stat(path, &st) < 0;

	configure_library();
	if (missing && errno != ENOENT)
		return error_set_errno(err, errno, "ledger %s", path);
	if (!missing && !S_ISREG(st.st_mode))
		return error_set(err, ERROR_REFUSED, "ledger %s: not a regular file", path);
	if (!fs_check_owned_path(path, "ledger", err))
		return false;
	if (mode == LEDGER_WRITE)
		return open_writer(path, ret, err);
	return missing ? open_empty(ret, err) : open_reader(path, ret, err);
}
