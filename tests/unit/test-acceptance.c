// SPDX-License-Identifier: MIT
/*
 * Version 2 of the ledger: sign-offs, restorations, services that come back; and what becomes of a ledger of version 1.
 */
#include "tests/unit/ledger_acts.h"

#include <sqlite3.h>

#include "steps/schema.h"

static const struct ledger_decision decision = { "root (alice)", "works", 7000 };

static struct ledger_acceptance get_acceptance(struct fixture *fixture, int64_t runbook)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct ledger_acceptance acceptance;

	assert_fine(ledger_acceptance_get(fixture->ledger, runbook, &acceptance, &err), &err);
	return acceptance;
}

static void complete(struct fixture *fixture)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_fine(fixture_start(fixture, 1, &err) && fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
}

static void test_sign_off(void **state)
{
	struct fixture *fixture = *state;
	const struct ledger_decision without_reason = { "root", "", 1 };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };

	fixture_add_runbook(fixture, "A", 1, NULL);
	acceptance = get_acceptance(fixture, fixture->runbook);
	assert_int_equal(acceptance.signed_ns, 0);
	assert_string_equal(acceptance.restored_by, "");
	assert_refused(ledger_sign_off(fixture->ledger, fixture->runbook, &decision, &err), &err, ERROR_REFUSED,
		       "steps are all done");
	complete(fixture);
	assert_refused(ledger_sign_off(fixture->ledger, fixture->runbook, &without_reason, &err), &err, ERROR_REFUSED,
		       "Reason");
	assert_fine(ledger_sign_off(fixture->ledger, fixture->runbook, &decision, &err), &err);
	assert_refused(ledger_sign_off(fixture->ledger, fixture->runbook, &decision, &err), &err, ERROR_REFUSED, "");
	ledger_acceptance_release(&acceptance);
	acceptance = get_acceptance(fixture, fixture->runbook);
	assert_int_equal(acceptance.signed_ns, 7000);
	assert_string_equal(acceptance.signed_by, "root (alice)");
	assert_string_equal(acceptance.sign_reason, "works");
	assert_int_equal(acceptance.pruned_ns, 0);
}

static void test_prune(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	int64_t first;

	fixture_add_runbook(fixture, "A", 1, NULL);
	first = fixture->runbook;
	complete(fixture);
	assert_fine(ledger_sign_off(fixture->ledger, first, &decision, &err), &err);
	assert_fine(ledger_prune(fixture->ledger, first, 8000, &err), &err);
	assert_refused(ledger_prune(fixture->ledger, first, 8001, &err), &err, ERROR_REFUSED, "once");
	acceptance = get_acceptance(fixture, first);
	assert_int_equal(acceptance.pruned_ns, 8000);
	fixture_add_runbook(fixture, "A-restore", 1, NULL);
	assert_refused(ledger_restoration_add(fixture->ledger, fixture->runbook, first, &decision, &err), &err,
		       ERROR_REFUSED, "were removed");
}

static void test_restoration(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance old = { 0 };
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance new = { 0 };
	int64_t first, second;

	fixture_add_runbook(fixture, "A", 2, NULL);
	first = fixture->runbook;
	complete(fixture);
	fixture_add_runbook(fixture, "A-restore", 1, NULL);
	second = fixture->runbook;
	assert_fine(ledger_restoration_add(fixture->ledger, second, first, &decision, &err), &err);
	old = get_acceptance(fixture, first);
	new = get_acceptance(fixture, second);
	assert_string_equal(old.restored_by, "A-restore");
	assert_false(old.is_restored);
	assert_string_equal(new.restores, "A");
	assert_int_equal(new.restores_key, first);
	assert_string_equal(new.restore_reason, "works");
	fixture->runbook = first;
	assert_refused(fixture_start(fixture, 2, &err), &err, ERROR_REFUSED, "taken back");
	assert_refused(fixture_override(fixture, 2, OVERRIDE_SET_COMPLETE, "", &err), &err, ERROR_REFUSED,
		       "taken back");
	assert_refused(ledger_restoration_add(fixture->ledger, first, second, &decision, &err), &err, ERROR_REFUSED,
		       "not restored itself");
	fixture->runbook = second;
	complete(fixture);
	ledger_acceptance_release(&old);
	old = get_acceptance(fixture, first);
	assert_true(old.is_restored);
	assert_refused(ledger_sign_off(fixture->ledger, second, &decision, &err), &err, ERROR_REFUSED, "taken back");
}

/* ---- Services -------------------------------------------------------------------------------------------- */

static void install(struct fixture *fixture, const char *name, const char *version, const char *id, uint32_t step)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct ledger_component component = {
		.name = LENT(name), .version = LENT(version), .runbook_id = LENT(id), .package_root = LENT(id)
	};

	assert_fine(ledger_component_add(fixture->ledger, &component, step, &err), &err);
}

static bool add_text(void *context, const struct ledger_component *component, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%s=%s (%s in %s); ", component->name, component->version, component->runbook_id,
		    component->package_root);
	return true;
}

static void assert_services(struct fixture *fixture, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	assert_fine(ledger_component_each(fixture->ledger, add_text, &text, &err), &err);
	assert_string_equal(text.data, expected);
}

static void test_services_return(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP(ledger_component_release) struct ledger_component found = { 0 };
	bool is_there;
	struct component_return request = { .service_model = "AOSService", .runbook_id = "A-restore", .step = 3 };

	install(fixture, "Web", "1", "P1", 1);
	fixture_add_runbook(fixture, "A", 2, NULL);
	request.restored = fixture->runbook;
	install(fixture, "web", "2", "A", 1);
	install(fixture, "New", "2", "A", 2);
	install(fixture, "Foreign", "7", "A", 99);
	assert_services(fixture, "Foreign=7 (A in A); New=2 (A in A); web=2 (A in A); ");
	for (int i = 0; i < 2; i++) {
		strbuf_clear(&text);
		assert_fine(ledger_component_return(fixture->ledger, &request, add_text, &text, &err), &err);
		assert_string_equal(text.data, "New= (A-restore in ); web=1 (A-restore in P1); ");
		assert_services(fixture, "Foreign=7 (A in A); web=1 (A-restore in P1); ");
	}
	strbuf_clear(&text);
	assert_fine(ledger_component_each_ever(fixture->ledger, add_text, &text, &err), &err);
	assert_string_equal(text.data, "Web=1 (P1 in P1); web=2 (A in A); New=2 (A in A); Foreign=7 (A in A); "
				       "New= (A-restore in ); web=1 (A-restore in P1); ");
	assert_fine(ledger_component_get(fixture->ledger, "WEB", &found, &is_there, &err), &err);
	assert_true(is_there);
	assert_string_equal(found.version, "1");
	assert_int_equal(found.step, 3);
	assert_fine(ledger_component_get(fixture->ledger, "New", NULL, &is_there, &err), &err);
	assert_false(is_there);
}

/* ---- A ledger of version 1 ------------------------------------------------------------------------------- */

static const char *const old_content[] = {
	"INSERT INTO Runbook (Key, Id, PackageRoot, Guid, Version, PackageType, ImportedNs)"
	"  VALUES (1, 'AX7', '/package', 'g', '1.0', '', 1000)",
	"INSERT INTO RunbookHead VALUES (1, '', '<Name>t</Name>', '', '', '')",
	"INSERT INTO Script VALUES (1, 1, 'Web', 'a.sh', 'abc')",
	"INSERT INTO StepKind VALUES (1, 1, 'Stop', 1, 1, 2, 3, 0, 'do', 1, 'AX7', '', '', 'Single', 0, 0)",
	"INSERT INTO Step (Key, Script, Kind, Machine, Description) VALUES ((1 << 32) + 1, 1, 1, 'm', 'one')",
	"INSERT INTO Step (Key, Script, Kind, Machine, Description) VALUES ((1 << 32) + 2, 1, 1, 'm', 'two')",
	"UPDATE Runbook SET PackageType = 'MergedPackage', Sealed = 1 WHERE Key = 1",
	"INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder, LogPath, UserName)"
	"  VALUES ((1 << 32) + 1, 1, 1, 'boot', 5, 5, 'abc', '/f', '/f/log', 'root')",
	"UPDATE Attempt SET State = 2, EndedNs = 9, DurationNs = 4, ExitCode = 0 WHERE Number = 1",
	"INSERT INTO Output VALUES ((1 << 32) + 1, 1, 'url', 'http')",
	"INSERT INTO Override VALUES ((1 << 32) + 2, 1, 0, 'SetComplete', 2, 'by hand', 'alice', '', 10)",
	"INSERT INTO Log (Runbook, Step, Attempt, Time, File, Text) VALUES (1, 1, 1, 't', 'f', 'text')",
	"INSERT INTO Component (Name, Version, RunbookId, Step, PackageRoot, InstalledNs)"
	"  VALUES ('Web', '1.0', 'AX7', 1, '/package', 9)",
	NULL,
};

static void run_all(sqlite3 *db, const char *const *statements)
{
	for (; *statements; statements++)
		if (sqlite3_exec(db, *statements, NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", *statements, sqlite3_errmsg(db));
}

static int add_row(void *context, int columns, char **values, char **names)
{
	for (int i = 0; i < columns; i++)
		strbuf_addf(context, "%s=%s|", names[i], values[i] ? values[i] : "NULL");
	strbuf_add_char(context, '\n');
	return 0;
}

/* Every row of the tables that version 1 has. */
static void dump(const char *path, struct strbuf *ret)
{
	static const char *const tables[] = {
		"State", "Rule",      "Runbook",    "RunbookHead",    "Script",          "StepKind",
		"Step",  "StepExtra", "SubStep",    "Attempt",        "Override",        "Output",
		"Log",   "Component", "StepStatus", "AttemptHistory", "InstalledService"
	};
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		CLEANUP_FREE char *sql = xasprintf("SELECT * FROM %s", tables[i]);

		strbuf_addf(ret, "%s:\n", tables[i]);
		assert_int_equal(sqlite3_exec(db, sql, add_row, ret, NULL), SQLITE_OK);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void make_version_1(const char *path)
{
	static const char *const head[] = { "PRAGMA journal_mode = WAL", "PRAGMA application_id = 1380076615",
					    "PRAGMA user_version = 1", NULL };
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run_all(db, head);
	run_all(db, schema_migration(1));
	run_all(db, old_content);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_from_version_1(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf before = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf after = STRBUF_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	free(fixture->path);
	fixture->path = fs_join(fixture->folder, "old.db");
	ledger_close(TAKE(fixture->ledger));
	make_version_1(fixture->path);
	dump(fixture->path, &before);
	assert_non_null(strstr(before.data, "Name=Web|Version=1.0|"));
	assert_refused(ledger_open(fixture->path, LEDGER_READ, &fixture->ledger, &err), &err, ERROR_REFUSED,
		       "older version");
	fixture_open(fixture, LEDGER_WRITE);
	ledger_close(TAKE(fixture->ledger));
	dump(fixture->path, &after);
	assert_string_equal(after.data, before.data);
	fixture_open(fixture, LEDGER_WRITE);
	assert_fine(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err);
	assert_fine(ledger_sign_off(fixture->ledger, runbook.key, &decision, &err), &err);
	assert_services(fixture, "Web=1.0 (AX7 in /package); ");
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_sign_off),        LEDGER_TEST(test_prune),          LEDGER_TEST(test_restoration),
		LEDGER_TEST(test_services_return), LEDGER_TEST(test_from_version_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
