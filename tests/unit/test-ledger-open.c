// SPDX-License-Identifier: MIT
/*
 * Opening what is a ledger, what is none, and what was one.
 */
#include "tests/unit/ledger_acts.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "steps/maintenance.h"
#include "steps/query.h"
#include "steps/schema.h"

static void close_ledger(struct fixture *fixture)
{
	ledger_close(fixture->ledger);
	fixture->ledger = NULL;
}

/* Runs SQL on the closed ledger, with none of its rules kept. */
static void tamper(struct fixture *fixture, const char *sql)
{
	sqlite3 *db;

	close_ledger(fixture);
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void assert_open_fails(struct fixture *fixture, enum ledger_mode mode, enum error_code code, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_refused(ledger_open(fixture->path, mode, &fixture->ledger, &err), &err, code, text);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_nobody_else_can_read_it(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_FREE char *folder = fs_folder_of(fixture->path);
	CLEANUP_FREE char *wal = xasprintf("%s-wal", fixture->path);

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(mode_of(fixture->path), 0600);
	assert_int_equal(mode_of(wal), 0600);
	assert_string_equal(ledger_path(fixture->ledger), fixture->path);
}

static void test_reading_a_missing_one_makes_nothing(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP_FREE char *folder = fs_join(fixture->folder, "new");
	CLEANUP_FREE char *path = fs_join(folder, "ledger.db");

	close_ledger(fixture);
	assert_fine(ledger_open(path, LEDGER_READ, &fixture->ledger, &err), &err);
	assert_refused(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err, ERROR_INPUT, path);
	assert_int_equal(access(folder, F_OK), -1);
}

static void test_blank_file(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	close_ledger(fixture);
	assert_fine(fs_write_atomic(fixture->path, "", 0, FS_MODE_FILE, &err), &err);
	fixture_open(fixture, LEDGER_READ);
	close_ledger(fixture);
	assert_int_equal(truncate(fixture->path, 0), 0);
	fixture_open(fixture, LEDGER_WRITE);
	fixture_add_runbook(fixture, "AX7", 1, NULL);
}

static void test_not_a_ledger(void **state)
{
	static const char text[] = "This is a text that somebody named like a ledger. It is long enough for a header, "
				   "and a little longer still.";
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	close_ledger(fixture);
	assert_fine(fs_write_atomic(fixture->path, text, sizeof(text), FS_MODE_FILE, &err), &err);
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "not a ledger");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "not a ledger");
	assert_int_equal(unlink(fixture->path), 0);
	tamper(fixture, "CREATE TABLE Invoices (a)");
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "another program");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "another program");
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(mkdir(fixture->path, 0700), 0);
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "not a regular file");
	assert_int_equal(rmdir(fixture->path), 0);
	assert_int_equal(mkfifo(fixture->path, 0600), 0);
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "not a regular file");
}

static void test_versions(void **state)
{
	struct fixture *fixture = *state;

	tamper(fixture, "PRAGMA user_version = 0");
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "older version");
	/* What is there already cannot be made again: nothing of the migration stays. */
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_SYSTEM, "schema version 1");
	tamper(fixture, "PRAGMA user_version = 99");
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "newer version");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "newer version");
}

static void test_changed_rules_are_refused(void **state)
{
	struct fixture *fixture = *state;

	tamper(fixture, "CREATE VIEW Mine AS SELECT * FROM StepStatus; CREATE INDEX MyIndex ON Step (Machine)");
	fixture_open(fixture, LEDGER_WRITE);
	tamper(fixture, "DROP TRIGGER AttemptMayEnd");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "rules were changed");
	tamper(fixture, "CREATE TRIGGER AttemptMayEnd BEFORE UPDATE ON Attempt BEGIN SELECT 1; END");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "rules were changed");
}

static void test_further_trigger_is_refused(void **state)
{
	struct fixture *fixture = *state;

	tamper(fixture, "CREATE TRIGGER Mine AFTER INSERT ON Attempt BEGIN DELETE FROM Component; END");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "rules were changed");
}

/* Damages every page of the file but the first, one after another; most damage is found, none of it is a crash. */
static void test_damage_is_found(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf good = STRBUF_INIT;
	unsigned found = 0, pages = 0;

	fixture_add_runbook(fixture, "AX7", 2000, NULL);
	close_ledger(fixture);
	assert_fine(fs_read_file(fixture->path, 1 << 24, &good, &err), &err);
	for (size_t page = 4096; page < good.length; page += 4096, pages++) {
		CLEANUP_STRBUF struct strbuf bad = STRBUF_INIT;

		strbuf_add(&bad, good.data, good.length);
		memset(bad.data + page, 0x5a, 64);
		assert_fine(fs_write_atomic(fixture->path, bad.data, bad.length, FS_MODE_FILE, &err), &err);
		found += !ledger_open(fixture->path, LEDGER_WRITE, &fixture->ledger, &err);
		if (error_is_set(&err))
			assert_int_equal(err.code, ERROR_SYSTEM);
		error_release(&err);
		close_ledger(fixture);
	}
	assert_true(pages > 30);
	assert_int_equal(found, pages);
}

static void assert_problems(struct fixture *fixture, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	assert_fine(ledger_check(fixture->ledger, &problems, &err), &err);
	if (problem_list_none(&problems, ERROR_SYSTEM, &err))
		assert_null(expected);
	else if (!expected || !strstr(err.message, expected))
		fail_msg("not \"%s\" in: %s", expected ? expected : "", err.message);
}

static void test_whole_check(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	fixture_add_runbook(fixture, "AX7", 4, NULL);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err);
	assert_fine(fixture_override(fixture, 3, OVERRIDE_SKIP, "no need", &err), &err);
	assert_problems(fixture, NULL);
	tamper(fixture, "UPDATE Runbook SET NotStarted = NotStarted - 1, Completed = Completed + 1");
	fixture_open(fixture, LEDGER_READ);
	assert_problems(fixture, "runbook AX7: its counters");
	tamper(fixture, "UPDATE Runbook SET NotStarted = NotStarted + 1, Completed = Completed - 1;"
			"DROP TRIGGER StepFollows; UPDATE Step SET State = 2 WHERE Number = 1");
	fixture_open(fixture, LEDGER_READ);
	assert_problems(fixture, "runbook AX7, step 1: its state");
	tamper(fixture, "DROP TRIGGER AttemptIsKept; DELETE FROM Attempt");
	fixture_open(fixture, LEDGER_READ);
	assert_problems(fixture, "runbook AX7, step 1: its state");
	tamper(fixture, "UPDATE Step SET State = 0, AttemptCount = 0 WHERE Number = 1; DELETE FROM Script");
	fixture_open(fixture, LEDGER_READ);
	assert_problems(fixture, "refers to what is missing in Script");
}

static void test_settings_that_survive_a_power_cut(void **state)
{
	static const char *const pragmas[][2] = { { "PRAGMA synchronous", "2" }, { "PRAGMA journal_mode", "wal" } };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < 2; i++) {
		sqlite3_stmt *statement;

		assert_int_equal(sqlite3_prepare_v2(fixture->ledger->db, pragmas[i][0], -1, &statement, NULL),
				 SQLITE_OK);
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		assert_string_equal(sqlite3_column_text(statement, 0), pragmas[i][1]);
		assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	}
}

/* Ends each step together with the start of the next, and tells through the pipe what is committed. */
static void run_steps(struct fixture *fixture, uint32_t first, int fd)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	for (uint32_t number = first;; number++) {
		bool fine = ledger_begin(fixture->ledger, &err) &&
			    fixture_end(fixture, number, 1, STATE_COMPLETED, &err) &&
			    fixture_start(fixture, number + 1, &err) && ledger_commit(fixture->ledger, &err);

		if (!fine || write(fd, &number, sizeof(number)) != sizeof(number))
			_exit(1);
	}
}

/* Lets a process run steps until `count` are committed and kills it; returns the last one it told of. */
static uint32_t run_and_kill(struct fixture *fixture, uint32_t first, unsigned count)
{
	uint32_t told = 0;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	close_ledger(fixture);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_open(fixture, LEDGER_WRITE);
		run_steps(fixture, first, ends[1]);
	}
	assert_int_equal(close(ends[1]), 0);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(read(ends[0], &told, sizeof(told)), sizeof(told));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (read(ends[0], &told, sizeof(told)) == sizeof(told))
		;
	assert_int_equal(close(ends[0]), 0);
	fixture_open(fixture, LEDGER_WRITE);
	return told;
}

static void test_killed_writer_loses_nothing_and_tears_nothing(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	uint32_t next = 1;

	fixture_add_runbook(fixture, "AX7", 2000, NULL);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	for (unsigned round = 0; round < 10; round++) {
		uint32_t told = run_and_kill(fixture, next, 3 + round * 7);

		assert_fine(ledger_step_next(fixture->ledger, fixture->runbook, &next, &err), &err);
		/* What was told is there; one more may be, but then whole: the end of one and the start of the other. */
		assert_true(next == told + 1 || next == told + 2);
		assert_int_equal(fixture_state(fixture, next), STATE_IN_PROGRESS);
		assert_problems(fixture, NULL);
	}
}

static void test_reader_beside_a_writer(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	struct ledger_attempt attempt = { .step = 1 };
	struct ledger *reader;

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_fine(ledger_begin(fixture->ledger, &err), &err);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(ledger_open(fixture->path, LEDGER_READ, &reader, &err), &err);
	assert_fine(ledger_runbook_get(reader, "AX7", &runbook, &err), &err);
	assert_int_equal(runbook.counts[STATE_IN_PROGRESS], 0);
	ledger_runbook_release(&runbook);
	assert_fine(ledger_commit(fixture->ledger, &err), &err);
	assert_fine(ledger_runbook_get(reader, "AX7", &runbook, &err), &err);
	assert_int_equal(runbook.counts[STATE_IN_PROGRESS], 1);
	assert_fine(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err);
	assert_refused(ledger_attempt_start(reader, fixture->runbook, &attempt, &err), &err, ERROR_SYSTEM, "readonly");
	ledger_close(reader);
}

static void test_second_writer_is_busy(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct ledger *other;

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_fine(ledger_open(fixture->path, LEDGER_WRITE, &other, &err), &err);
	(void)sqlite3_busy_timeout(other->db, 20);
	assert_fine(ledger_begin(fixture->ledger, &err), &err);
	assert_refused(ledger_begin(other, &err), &err, ERROR_BUSY, "another process is writing");
	assert_fine(ledger_commit(fixture->ledger, &err), &err);
	assert_fine(ledger_begin(other, &err), &err);
	ledger_close(other);
}

/* What was committed is there without a proper end: the log of changes is read again. */
static void test_ledger_of_a_killed_process(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *command = NULL;

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	assert_fine(fixture_start(fixture, 2, &err), &err);
	command = xasprintf("cd '%s' && mkdir copy && cp below/ledger.db below/ledger.db-wal copy", fixture->folder);
	assert_int_equal(system(command), 0);
	close_ledger(fixture);
	free(fixture->path);
	fixture->path = fs_join(fixture->folder, "copy/ledger.db");
	fixture_open(fixture, LEDGER_READ);
	assert_int_equal(fixture_state(fixture, 2), STATE_IN_PROGRESS);
}

static void test_file_system_without_wal(void **state)
{
	struct fixture *fixture = *state;
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	close_ledger(fixture);
	assert_int_equal(unlink(fixture->path), 0);
	/* This one knows no shared memory, as a network file system. */
	assert_int_equal(sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1), SQLITE_OK);
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "this file system");
	assert_int_equal(sqlite3_vfs_register(usual, 1), SQLITE_OK);
	assert_int_equal(access(fixture->path, F_OK), -1);
}

static void test_nothing_is_believed_after_a_failed_write(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	const struct rlimit small = { 1024, RLIM_INFINITY };
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(fixture_start(fixture, 1, &err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	assert_refused(false, &err, ERROR_SYSTEM, "disk I/O error");
	assert_refused(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err, ERROR_SYSTEM,
		       "nothing is believed");
	assert_refused(fixture_start(fixture, 1, &err), &err, ERROR_SYSTEM, "nothing is believed");
	close_ledger(fixture);
	fixture_open(fixture, LEDGER_WRITE);
	assert_int_equal(fixture_state(fixture, 1), STATE_NOT_STARTED);
	assert_fine(fixture_start(fixture, 1, &err), &err);
}

static void test_path_of_others_is_refused_as_root(void **state)
{
	struct fixture *fixture = *state;

	if (geteuid() != 0)
		skip();
	close_ledger(fixture);
	assert_int_equal(chown(fixture->path, 12345, 0), 0);
	assert_open_fails(fixture, LEDGER_READ, ERROR_REFUSED, "user 12345");
	assert_open_fails(fixture, LEDGER_WRITE, ERROR_REFUSED, "user 12345");
}

/* Neither opens, neither crashes, and the file stays as it was. */
static void check_hostile_file(struct fixture *fixture, const char *path)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;

	assert_fine(fs_read_file(path, 1 << 26, &before, &err), &err);
	for (int mode = LEDGER_READ; mode <= LEDGER_WRITE; mode++) {
		if (ledger_open(path, (enum ledger_mode)mode, &fixture->ledger, &err))
			fail_msg("opened: %s", path);
		assert_true(err.code == ERROR_REFUSED || err.code == ERROR_SYSTEM);
		error_release(&err);
	}
	assert_fine(fs_read_file(path, 1 << 26, &after, &err), &err);
	assert_int_equal(before.length, after.length);
	assert_memory_equal(before.data, after.data, before.length);
}

static void test_hostile_databases(void **state)
{
	struct fixture *fixture = *state;
	const char *shared = getenv("RUNBOOK_SHARED");
	CLEANUP_FREE char *corpus = fs_join(shared ? shared : "", "corpus/open.tar.xz");
	CLEANUP_FREE char *command =
		xasprintf("tar -xJf '%s' --no-same-owner -C '%s' open/sqlite", corpus, fixture->folder);
	CLEANUP_FREE char *folder = fs_join(fixture->folder, "open/sqlite/hostile-db");
	CLEANUP_DIR DIR *dir = NULL;
	unsigned files = 0;

	close_ledger(fixture);
	if (access(corpus, R_OK) != 0) {
		print_message("SKIPPED: no corpus of hostile databases: set RUNBOOK_SHARED to the folder that has "
			      "corpus/open.tar.xz\n");
		skip();
	}
	assert_int_equal(system(command), 0);
	assert_non_null(dir = opendir(folder));
	for (struct dirent *entry; (entry = readdir(dir)); files++) {
		CLEANUP_FREE char *path = fs_join(folder, entry->d_name);

		if (entry->d_type == DT_REG)
			check_hostile_file(fixture, path);
	}
	assert_true(files > 50);
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_nobody_else_can_read_it),
		LEDGER_TEST(test_reading_a_missing_one_makes_nothing),
		LEDGER_TEST(test_blank_file),
		LEDGER_TEST(test_not_a_ledger),
		LEDGER_TEST(test_versions),
		LEDGER_TEST(test_changed_rules_are_refused),
		LEDGER_TEST(test_further_trigger_is_refused),
		LEDGER_TEST(test_damage_is_found),
		LEDGER_TEST(test_whole_check),
		LEDGER_TEST(test_settings_that_survive_a_power_cut),
		LEDGER_TEST(test_killed_writer_loses_nothing_and_tears_nothing),
		LEDGER_TEST(test_reader_beside_a_writer),
		LEDGER_TEST(test_second_writer_is_busy),
		LEDGER_TEST(test_ledger_of_a_killed_process),
		LEDGER_TEST(test_file_system_without_wal),
		LEDGER_TEST(test_nothing_is_believed_after_a_failed_write),
		LEDGER_TEST(test_path_of_others_is_refused_as_root),
		LEDGER_TEST(test_hostile_databases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
