// SPDX-License-Identifier: MIT
/*
 * The schema against somebody who writes to the ledger past the program: what the state table allows is allowed, nothing else.
 */
#include "tests/unit/ledger_acts.h"

#include "steps/query.h"

/* Runs SQL as an admin's sqlite3 shell would: without our settings, but with foreign keys. */
static bool run_sql(struct fixture *fixture, const char *sql, const char **ret_message)
{
	static char message[200];
	sqlite3 *db;
	bool fine;

	assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	fine = sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0;
	(void)snprintf(message, sizeof(message), "%s", sqlite3_errmsg(db));
	if (ret_message)
		*ret_message = message;
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return fine;
}

__attribute__((format(printf, 2, 3))) static bool try_sql(struct fixture *fixture, const char *format, ...)
{
	va_list args;
	CLEANUP_FREE char *sql = NULL;

	va_start(args, format);
	sql = xvasprintf(format, args);
	va_end(args);
	return run_sql(fixture, sql, NULL);
}

/* Puts a step into a state on the usual way. */
static void reach(struct fixture *fixture, uint32_t step, enum step_state state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (state != STATE_NOT_STARTED)
		assert_fine(fixture_start(fixture, step, &err), &err);
	if (state != STATE_NOT_STARTED && state != STATE_IN_PROGRESS)
		assert_fine(fixture_end(fixture, step, 1, state, &err), &err);
	assert_int_equal(fixture_state(fixture, step), state);
}

static bool try_start(struct fixture *fixture, int64_t key)
{
	return try_sql(
		fixture,
		"INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder,"
		" LogPath, UserName) SELECT Key, AttemptCount + 1, 1, '', 1, 1, '', '', '', '' FROM Step"
		" WHERE Key = %lld",
		(long long)key);
}

static bool try_end(struct fixture *fixture, int64_t key, enum step_state state)
{
	return try_sql(fixture,
		       "UPDATE Attempt SET State = %d, Reason = 'x' WHERE Step = %lld AND"
		       " Number = (SELECT max(Number) FROM Attempt WHERE Step = %lld)",
		       (int)state, (long long)key, (long long)key);
}

static bool try_override(struct fixture *fixture, int64_t key, const char *kind, enum step_state state)
{
	return try_sql(fixture,
		       "INSERT INTO Override SELECT Key, 1 + (SELECT count(*) FROM Override WHERE Step = Key),"
		       " AttemptCount, '%s', %d, 'x', 'x', 'x', 1 FROM Step WHERE Key = %lld",
		       kind, (int)state, (long long)key);
}

/* Tries an event in SQL; for the end of an attempt and for overrides, towards `target`. */
static bool try_event(struct fixture *fixture, int64_t key, enum step_state state, enum step_event event,
		      enum step_state target)
{
	switch (event) {
	case EVENT_START:
		return target == STATE_IN_PROGRESS && try_start(fixture, key);
	case EVENT_SUCCEED:
	case EVENT_FAIL:
	case EVENT_TIME_OUT:
	case EVENT_LOSE:
		return try_end(fixture, key, target);
	case EVENT_SKIP:
		if (state == STATE_IN_PROGRESS)
			return try_end(fixture, key, target);
		return try_override(fixture, key, "Skip", target);
	case EVENT_SET_COMPLETE:
		return try_override(fixture, key, "SetComplete", target);
	default:
		return try_override(fixture, key, "Rerun", target);
	}
}

/* Whether the state table has a way from `state` to `target` of the kind that try_event() uses for `event`. */
static bool expected(enum step_state state, enum step_event event, enum step_state target)
{
	bool ends = event == EVENT_SUCCEED || event == EVENT_FAIL || event == EVENT_TIME_OUT || event == EVENT_LOSE ||
		    (event == EVENT_SKIP && state == STATE_IN_PROGRESS);
	enum step_state next;

	for (unsigned e = 0; e < EVENT_COUNT; e++)
		if ((ends ? state == STATE_IN_PROGRESS : e == event) && state_next(state, (enum step_event)e, &next) &&
		    next == target)
			return true;
	return false;
}

static void test_sql_agrees_with_the_state_table(void **state)
{
	struct fixture *fixture = *state;
	unsigned allowed = 0;

	fixture_add_runbook(fixture, "AX7", STATE_COUNT * EVENT_COUNT * STATE_COUNT, NULL);
	for (uint32_t i = 0; i < STATE_COUNT * EVENT_COUNT * STATE_COUNT; i++) {
		enum step_state from = (enum step_state)(i / STATE_COUNT / EVENT_COUNT);
		enum step_event event = (enum step_event)(i / STATE_COUNT % EVENT_COUNT);
		enum step_state target = (enum step_state)(i % STATE_COUNT);
		bool done;

		reach(fixture, i + 1, from);
		done = try_event(fixture, step_key(fixture->runbook, i + 1), from, event, target);
		if (done != expected(from, event, target))
			fail_msg("%s, event %u, to %s: SQL %s it", state_name(from), event, state_name(target),
				 done ? "allows" : "refuses");
		assert_int_equal(fixture_state(fixture, i + 1), done ? target : from);
		allowed += done;
	}
	assert_int_equal(allowed, 4 + 5 * 5 + 4 + 4 + 6); /* start, the ends five times, skip, set complete, rerun */
}

static void test_state_cannot_be_set_directly(void **state)
{
	struct fixture *fixture = *state;

	fixture_add_runbook(fixture, "AX7", STATE_COUNT, NULL);
	for (uint32_t s = 0; s < STATE_COUNT; s++) {
		reach(fixture, s + 1, (enum step_state)s);
		for (uint32_t target = 0; target < STATE_COUNT; target++)
			assert_int_equal(
				try_sql(fixture, "UPDATE Step SET State = %u WHERE Number = %u", target, s + 1),
				target == s);
	}
	assert_false(try_sql(fixture, "UPDATE Step SET AttemptCount = 7 WHERE Number = 1"));
	assert_false(try_sql(fixture, "UPDATE Step SET RetryBase = 1 WHERE Number = 4"));
}

/* What must fail, whoever tries, and with what. */
static const struct {
	const char *sql;
	const char *message;
} forbidden[] = {
	{ "UPDATE State SET Name = 'x' WHERE State = 0", "fixed" },
	{ "DELETE FROM State WHERE State = 6", "fixed" },
	{ "INSERT INTO State VALUES (7, 'x')", "fixed" },
	{ "INSERT INTO Rule VALUES ('Start', 1, 1)", "fixed" },
	{ "UPDATE Rule SET NextState = 2", "fixed" },
	{ "DELETE FROM Rule", "fixed" },
	{ "UPDATE Runbook SET PackageRoot = '/x'", "never changes" },
	{ "UPDATE Runbook SET Sealed = 0", "never changes" },
	{ "UPDATE Runbook SET Completed = 1", "CHECK" },
	{ "DELETE FROM Runbook", "is kept" },
	{ "UPDATE RunbookHead SET TopologyXml = 'x'", "never changes" },
	{ "DELETE FROM RunbookHead", "is kept" },
	{ "UPDATE Script SET Sha256 = 'x'", "never changes" },
	{ "DELETE FROM Script", "FOREIGN KEY" },
	{ "UPDATE StepKind SET Fields = 0", "never changes" },
	{ "DELETE FROM StepKind", "FOREIGN KEY" },
	{ "UPDATE Step SET Description = 'x'", "never changes" },
	{ "UPDATE StepKind SET RetryCount = 9", "never changes" },
	{ "UPDATE Step SET Script = 2", "never changes" },
	{ "UPDATE Step SET Key = Key + 7 WHERE Number = 2", "never changes" },
	{ "DELETE FROM Step WHERE Number = 2", "is kept" },
	{ "INSERT INTO Step (Key, Script, Kind, Machine, Description) SELECT Key + 3, Script, Kind, '', '' FROM Step"
	  " WHERE Number = 1",
	  "no step is added" },
	{ "INSERT INTO StepExtra SELECT Key, '', '', 'x', '', '', '' FROM Step WHERE Number = 2", "never changes" },
	{ "INSERT INTO SubStep SELECT Key, 1, '', '', '', '' FROM Step WHERE Number = 2", "never changes" },
	{ "UPDATE Attempt SET ExitCode = 0", "only a running attempt" },
	{ "UPDATE Attempt SET LogPath = 'x', State = 2 WHERE State = 1", "only appended" },
	{ "DELETE FROM Attempt", "only appended" },
	{ "INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder, LogPath,"
	  " UserName) SELECT Key, 3, 1, '', 1, 1, '', '', '', '' FROM Step WHERE Number = 1",
	  "without a gap" },
	{ "INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder, LogPath,"
	  " UserName) SELECT Key, 2, 2, '', 1, 1, '', '', '', '' FROM Step WHERE Number = 1",
	  "is InProgress" },
	{ "INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder, LogPath,"
	  " UserName) VALUES (77, 1, 1, '', 1, 1, '', '', '', '')",
	  "cannot be started" },
	{ "UPDATE Override SET Reason = 'x'", "only appended" },
	{ "DELETE FROM Override", "only appended" },
	{ "INSERT INTO Override SELECT Key, 9, 0, 'Rerun', 0, '', '', '', 1 FROM Step WHERE Number = 2",
	  "without a gap" },
	{ "INSERT INTO Override SELECT Key, 2, 9, 'Rerun', 0, '', '', '', 1 FROM Step WHERE Number = 2",
	  "without a gap" },
	{ "INSERT INTO Override SELECT Key, 2, 0, 'Imported', 2, '', '', '', 1 FROM Step WHERE Number = 2",
	  "does not allow" },
	{ "INSERT INTO Override SELECT Key, 2, 0, 'AcceptChange', 3, '', '', 'x', 1 FROM Step WHERE Number = 2",
	  "does not allow" },
	{ "INSERT INTO Override SELECT Key, 2, 0, 'Merged', 1, '', '', '', 1 FROM Step WHERE Number = 2", "CHECK" },
	{ "INSERT INTO Override SELECT Key, 2, 0, 'Nonsense', 2, '', '', '', 1 FROM Step WHERE Number = 2",
	  "does not allow" },
	{ "DELETE FROM Output", "only appended" },
	{ "UPDATE Log SET Text = 'x'", "only appended" },
	{ "DELETE FROM Log", "only appended" },
	{ "UPDATE Component SET Version = 'x'", "only appended" },
	{ "DELETE FROM Component", "only appended" },
	{ "INSERT INTO PackageFile SELECT Key, 'b', hex(zeroblob(32)) FROM Runbook", "recorded at import" },
	{ "UPDATE PackageFile SET Sha256 = hex(zeroblob(32))", "never change" },
	{ "DELETE FROM PackageFile", "is kept" },
};

static void test_what_nobody_may_do(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct ledger_attempt attempt = { .step = 1, .number = 1 };
	const struct ledger_component component = { .name = LENT("ShopWeb") };

	fixture_add_runbook(fixture, "AX7", 3, NULL);
	assert_true(try_sql(fixture, "INSERT INTO PackageFile SELECT Key, 'a', hex(randomblob(32)) FROM Runbook"));
	assert_fine(ledger_component_add(fixture->ledger, &component, 1, &err), &err);
	assert_fine(ledger_log_add(fixture->ledger, fixture->runbook, &attempt, "", &err), &err);
	assert_fine(fixture_start(fixture, 3, &err), &err);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(ledger_output_add(fixture->ledger, fixture_place(fixture, 1, 1), "a", "1", &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_RERUN, "", &err), &err);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		const char *message;

		if (run_sql(fixture, forbidden[i].sql, &message))
			fail_msg("allowed: %s", forbidden[i].sql);
		if (!strstr(message, forbidden[i].message))
			fail_msg("%s: not \"%s\" in: %s", forbidden[i].sql, forbidden[i].message, message);
	}
	assert_int_equal(fixture_state(fixture, 1), STATE_FAILED);
}

static void test_seal_wants_all_numbers(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct runbook_head head = { 0 };
	const struct ledger_runbook runbook = { .id = LENT("AX7"), .package_root = LENT("/package") };
	const struct recorder_request request = { &runbook, &head, "test" };
	struct recorder *recorder;

	for (uint32_t second = 0; second <= 3; second += 3) {
		assert_fine(ledger_begin(fixture->ledger, &err), &err);
		assert_fine(recorder_begin(fixture->ledger, &request, &recorder, &err), &err);
		if (second) {
			fixture_add_step(recorder, 1, NULL, &err);
			fixture_add_step(recorder, second, NULL, &err);
		}
		assert_refused(recorder_seal(recorder, "", &err), &err, ERROR_REFUSED, "numbered from 1 without a gap");
		recorder_free(recorder);
		ledger_rollback(fixture->ledger);
	}
}

/* The views are for people: that they work and what they are called is a promise. */
static void test_views(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct ledger_component component = { LENT("ShopWeb"), LENT("1.0"), LENT("AX7"), LENT("/p"), 0, 0 };

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_SKIP, "no need", &err), &err);
	assert_fine(ledger_component_add(fixture->ledger, &component, 1, &err), &err);
	/* run_sql() wants a change, so each of these writes down what it saw. */
	assert_true(try_sql(fixture,
			    "CREATE TABLE Seen AS SELECT 1; INSERT INTO Seen SELECT 1 FROM StepStatus WHERE"
			    " RunbookId = 'AX7' AND Step = 1 AND State = 'Failed' AND Attempts = 1 AND"
			    " StartTime = '1970-01-01T00:00:00.0000050+00:00' AND ExitCode = 1 AND Reason = ''"));
	assert_true(try_sql(fixture, "INSERT INTO Seen SELECT 1 FROM StepStatus WHERE Step = 2 AND State = 'Skipped'"
				     " AND StartTime IS NULL AND Reason = 'no need'"));
	assert_true(try_sql(fixture,
			    "INSERT INTO Seen SELECT 1 FROM AttemptHistory WHERE RunbookId = 'AX7' AND Step = 1"
			    " AND Attempt = 1 AND State = 'Failed' AND Seconds = 0.0 AND UserName = 'root'"));
	assert_true(try_sql(fixture, "INSERT INTO Seen SELECT 1 FROM InstalledService WHERE Name = 'shopweb' AND"
				     " Version = '1.0' AND InstallTime = '1970-01-01T00:00:00.0000000+00:00'"));
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_sql_agrees_with_the_state_table),
		LEDGER_TEST(test_state_cannot_be_set_directly),
		LEDGER_TEST(test_what_nobody_may_do),
		LEDGER_TEST(test_seal_wants_all_numbers),
		LEDGER_TEST(test_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
