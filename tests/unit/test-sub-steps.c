// SPDX-License-Identifier: MIT
/*
 * The ledger's sub-steps: numbers, runs, what is done and what comes again; and the schema against who writes past the program.
 */
#include "tests/unit/ledger_acts.h"

#include "steps/query.h"
#include "steps/schema.h"
#include "steps/schema_digest.h"

static bool start(struct fixture *fixture, uint32_t attempt, const char *name, struct ledger_sub_step *ret,
		  struct error *err)
{
	const struct ledger_place place = fixture_place(fixture, 1, attempt);

	assert_fine(ledger_sub_step_find(fixture->ledger, place, (struct ledger_sub_step_name){ "G", name }, ret, err),
		    err);
	ret->started_ns = 1000000000 * (int64_t)ret->number;
	return ledger_sub_step_start(fixture->ledger, place, ret, err);
}

static void run(struct fixture *fixture, uint32_t attempt, const char *name, enum step_state state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step sub_step = { 0 };

	assert_fine(start(fixture, attempt, name, &sub_step, &err), &err);
	sub_step.state = state;
	sub_step.ended_ns = sub_step.started_ns + 5000000;
	sub_step.duration_ns = 5000000;
	sub_step.exit_code = state == STATE_COMPLETED ? 0 : 3;
	assert_fine(ledger_sub_step_end(fixture->ledger, fixture_place(fixture, 1, attempt), &sub_step, &err), &err);
}

static bool is_done(struct fixture *fixture, const char *name)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step sub_step = { 0 };

	assert_fine(ledger_sub_step_find(fixture->ledger, fixture_place(fixture, 1, 0),
					 (struct ledger_sub_step_name){ "G", name }, &sub_step, &err),
		    &err);
	return sub_step.done;
}

static bool again(struct fixture *fixture, uint32_t number, struct error *err)
{
	bool fine = ledger_begin(fixture->ledger, err) &&
		    ledger_sub_step_again(fixture->ledger, fixture_place(fixture, 1, 0), number, err) &&
		    ledger_commit(fixture->ledger, err);

	ledger_rollback(fixture->ledger);
	return fine;
}

static void begin_attempt(struct fixture *fixture)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_fine(fixture_start(fixture, 1, &err), &err);
}

static void end_attempt(struct fixture *fixture, uint32_t attempt, enum step_state state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_fine(fixture_end(fixture, 1, attempt, state, &err), &err);
}

static void test_numbers_and_states(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step running = { 0 };
	bool found;

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	begin_attempt(fixture);
	run(fixture, 1, "a", STATE_COMPLETED);
	run(fixture, 1, "b", STATE_FAILED);
	assert_true(is_done(fixture, "a"));
	assert_false(is_done(fixture, "b"));
	assert_true(start(fixture, 1, "b", &running, &err));
	assert_int_equal(running.number, 2);
	assert_int_equal(running.run, 2);
	ledger_sub_step_release(&running);
	assert_fine(ledger_sub_step_running(fixture->ledger, fixture_place(fixture, 1, 0), &running, &found, &err),
		    &err);
	assert_true(found);
	assert_string_equal(running.name, "b");
	end_attempt(fixture, 1, STATE_FAILED);
	/* Nobody has ended it: it is lost with its attempt, and cannot end later. */
	running.state = STATE_COMPLETED;
	running.exit_code = 0;
	running.ended_ns = 1;
	assert_refused(ledger_sub_step_end(fixture->ledger, fixture_place(fixture, 1, 1), &running, &err), &err,
		       ERROR_REFUSED, "only a running sub-step can end");
	assert_false(is_done(fixture, "b"));
	ledger_sub_step_release(&running);
	assert_refused(start(fixture, 1, "c", &running, &err), &err, ERROR_REFUSED, "has ended");
}

static void test_again(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step refused = { 0 };

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_refused(again(fixture, 1, &err), &err, ERROR_INPUT, "no sub-steps so far");
	begin_attempt(fixture);
	run(fixture, 1, "a", STATE_COMPLETED);
	run(fixture, 1, "b", STATE_COMPLETED);
	run(fixture, 1, "c", STATE_FAILED);
	end_attempt(fixture, 1, STATE_FAILED);
	assert_refused(again(fixture, 4, &err), &err, ERROR_INPUT, "are 1.1 to 1.3");
	assert_fine(again(fixture, 3, &err), &err);
	assert_true(is_done(fixture, "b"));
	assert_fine(again(fixture, 2, &err), &err);
	assert_true(is_done(fixture, "a"));
	assert_false(is_done(fixture, "b"));
	assert_refused(again(fixture, 3, &err), &err, ERROR_REFUSED, "1.2 is not done");
	begin_attempt(fixture);
	run(fixture, 2, "b", STATE_COMPLETED);
	assert_true(is_done(fixture, "b"));
	assert_refused(start(fixture, 2, "a", &refused, &err), &err, ERROR_REFUSED, "sub-step 1.1 is completed");
}

/* What an admin's sqlite3 shell would do: false if the schema refuses it. */
static bool try_sql(struct fixture *fixture, const char *sql)
{
	sqlite3 *db;
	bool fine;

	assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	fine = sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0;
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return fine;
}

static void test_rules(void **state)
{
	static const char *const refused[] = {
		"UPDATE SubStepName SET Name = 'x'",
		"DELETE FROM SubStepName",
		"INSERT INTO SubStepName VALUES (4294967297, 4, 'G', 'x')",
		"INSERT INTO SubStepName VALUES (4294967297, 3, 'G', 'a')",
		"UPDATE SubStepRun SET StartedNs = 1",
		"UPDATE SubStepRun SET State = 2, ExitCode = 0, EndedNs = 9 WHERE Number = 1",
		"UPDATE SubStepRun SET State = 2, ExitCode = 1, EndedNs = 9 WHERE Number = 2",
		"UPDATE SubStepRun SET State = 2, EndedNs = 9 WHERE Number = 2",
		"UPDATE SubStepRun SET State = 4 WHERE Number = 2",
		"DELETE FROM SubStepRun",
		"INSERT INTO SubStepRun VALUES (4294967297, 1, 2, 1, 0, 1, '', 1, 1, NULL, NULL, NULL, NULL)",
		"INSERT INTO SubStepRun VALUES (4294967297, 2, 2, 1, 0, 1, '', 1, 1, NULL, NULL, NULL, NULL)",
		"INSERT INTO SubStepRun VALUES (4294967297, 2, 2, 2, 0, 1, '', 1, 1, NULL, NULL, NULL, NULL)",
		"INSERT INTO SubStepAgain VALUES (4294967297, 9, 1)",
	};
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step running = { 0 };

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	begin_attempt(fixture);
	run(fixture, 1, "a", STATE_COMPLETED);
	assert_fine(start(fixture, 1, "b", &running, &err), &err);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (try_sql(fixture, refused[i]))
			fail_msg("allowed: %s", refused[i]);
	/* The control: what the program itself does. */
	assert_true(try_sql(fixture, "UPDATE SubStepRun SET State = 2, ExitCode = 0, EndedNs = 9 WHERE Number = 2"));
	assert_true(try_sql(fixture, "INSERT INTO SubStepName VALUES (4294967297, 3, 'G', 'x')"));
}

static void make_old_ledger(const char *path, int version)
{
	CLEANUP_FREE char *head =
		xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_APPLICATION_ID, version);
	sqlite3 *db;

	assert_int_equal(unlink(path), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int made = 1; made <= version; made++)
		for (const char *const *sql = schema_migration(made); *sql; sql++)
			assert_int_equal(sqlite3_exec(db, *sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, head, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Else it is compared piece by piece at every command. */
static void assert_schema_is_known(const char *path)
{
	char digest[DIGEST_TEXT_SIZE];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_true(schema_digest(db, digest));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_string_equal(digest, SCHEMA_SHA256);
}

/* A ledger of each version, with a step that has an attempt: brought up to date by the next who writes. */
static void test_old_ledger(void **state)
{
	struct fixture *fixture = *state;

	assert_schema_is_known(fixture->path);
	for (int version = 1; version < SCHEMA_VERSION; version++) {
		CLEANUP_ERROR struct error err = ERROR_INIT;

		ledger_close(TAKE(fixture->ledger));
		make_old_ledger(fixture->path, version);
		assert_refused(ledger_open(fixture->path, LEDGER_READ, &fixture->ledger, &err), &err, ERROR_REFUSED,
			       "older version");
		fixture_open(fixture, LEDGER_WRITE);
		assert_schema_is_known(fixture->path);
		fixture_add_runbook(fixture, "AX7", 1, NULL);
		begin_attempt(fixture);
		run(fixture, 1, "a", STATE_COMPLETED);
		assert_true(is_done(fixture, "a"));
	}
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_numbers_and_states),
		LEDGER_TEST(test_again),
		LEDGER_TEST(test_rules),
		LEDGER_TEST(test_old_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
