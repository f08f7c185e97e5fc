// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"
#include "runbook/plan_restore.h"

/* What is done, and what comes of it. */
struct fixture {
	struct topology topology;
	struct service_model_data models;
	struct plan_done_list done;
	struct step_list steps;
	struct problem_list problems;
};

static void fixture_release(struct fixture *fixture)
{
	topology_release(&fixture->topology);
	service_model_data_release(&fixture->models);
	plan_done_list_release(&fixture->done);
	step_list_release(&fixture->steps);
	problem_list_release(&fixture->problems);
}

#define CLEANUP_FIXTURE CLEANUP(fixture_release)

/* "A < B C: Stop Start" is a service model with two dependencies and two scripts. */
static void add_model(struct strbuf *xml, char *line)
{
	CLEANUP_STRV struct strv words = STRV_INIT;
	CLEANUP_STRV struct strv scripts = STRV_INIT;
	char *colon = strchr(line, ':');

	*colon = '\0';
	strv_split(&words, line, "< ");
	strv_split(&scripts, colon + 1, " ");
	strbuf_addf(xml, "<ServiceModel><Name>%s</Name><DependentServiceModelList>", words.items[0]);
	for (size_t i = 1; i < words.count; i++)
		strbuf_addf(xml, "<string>%s</string>", words.items[i]);
	strbuf_add_str(xml, "</DependentServiceModelList>");
	for (size_t i = 0; i < scripts.count; i++)
		strbuf_addf(xml,
			    "<%sScript><FileName>%s.sh</FileName><Automated>true</Automated>"
			    "<RetryCount>3</RetryCount></%sScript>",
			    scripts.items[i], scripts.items[i], scripts.items[i]);
	strbuf_add_str(xml, "</ServiceModel>\n");
}

/* Service models as above, one a line; the machines m1 and m2 have all of them, as `services` lists them. */
static void parse(struct fixture *fixture, const char *models, const char *services)
{
	CLEANUP_STRBUF struct strbuf xml = STRBUF_INIT;
	CLEANUP_STRV struct strv lines = STRV_INIT;
	CLEANUP_STRV struct strv names = STRV_INIT;

	strbuf_add_str(&xml, "<ServiceModelData><Guid>g</Guid><ServiceModelList>\n");
	strv_split(&lines, models, "\n");
	for (size_t i = 0; i < lines.count; i++)
		add_model(&xml, lines.items[i]);
	strbuf_add_str(&xml, "</ServiceModelList></ServiceModelData>");
	assert_true(service_model_data_parse(&(struct document){ xml.data, xml.length, "s.xml" }, &fixture->models,
					     &fixture->problems, &fixture->problems));
	strbuf_clear(&xml);
	strbuf_add_str(&xml, "<TopologyData><MachineList>");
	strv_split(&names, services, " ");
	for (int machine = 1; machine <= 2; machine++) {
		strbuf_addf(&xml, "<Machine><Name>m%d</Name><ServiceModelList>", machine);
		for (size_t i = 0; i < names.count; i++)
			strbuf_addf(&xml, "<string>%s</string>", names.items[i]);
		strbuf_add_str(&xml, "</ServiceModelList></Machine>");
	}
	strbuf_add_str(&xml, "</MachineList></TopologyData>");
	assert_true(topology_parse(&(struct document){ xml.data, xml.length, "t.xml" }, &fixture->topology,
				   &fixture->problems, &fixture->problems));
}

/* "Update A m1", one a line, is what was begun. */
static void done(struct fixture *fixture, const char *text)
{
	CLEANUP_STRV struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		CLEANUP_STRV struct strv words = STRV_INIT;

		strv_split(&words, lines.items[i], " ");
		plan_done_add(&fixture->done, step_type_of(words.items[0], ""), words.items[1], words.items[2]);
	}
}

static bool plan(struct fixture *fixture)
{
	const struct plan_restore_request request = { "r-restore", "MergedPackage", &fixture->topology,
						      &fixture->models, &fixture->done };

	return plan_restore(&request, &fixture->steps, &fixture->problems);
}

static void check(struct fixture *fixture, const char *expected)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	assert_true(plan(fixture));
	for (size_t i = 0; i < fixture->steps.count; i++) {
		const struct step *step = &fixture->steps.items[i];

		assert_int_equal(step->number, i + 1);
		assert_string_equal(step->runbook_id, "r-restore");
		strbuf_addf(&text, "%s %s %s\n", step->type, step->service_model, step->machine);
	}
	assert_string_equal(text.data, expected);
}

#define SCRIPTS "Stop Backup Update Restore Start DVT"
#define TWO "Web < Data: " SCRIPTS "\nData: " SCRIPTS " GlobalUpdate GlobalRestore"

static void test_all_done(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, TWO, "Web Data");
	done(&f,
	     "Stop Web m1\nStop Web m2\nStop Data m1\nStop Data m2\nBackup Data m1\nUpdate Data m1\n"
	     "InstallationInfo Data m1\nUpdate Data m2\nInstallationInfo Data m2\nUpdate Web m1\nInstallationInfo Web m1\n"
	     "GlobalUpdate Data m1\nStart Data m1\nDVT Web m1");
	check(&f, "Stop Web m2\nStop Web m1\nStop Data m2\nStop Data m1\n"
		  "Restore Web m1\nRestore Data m2\nRestore Data m1\nGlobalRestore Data m1\n"
		  "InstallationInfo Data m1\nInstallationInfo Data m2\nInstallationInfo Web m1\n"
		  "Start Data m1\nStart Data m2\nStart Web m1\nStart Web m2\n");
	assert_string_equal(f.steps.items[0].description, "Stop script for service model: Web on machine: m2");
	assert_string_equal(f.steps.items[0].script.file_name, "Stop.sh");
	assert_int_equal(f.steps.items[0].script.retry_count, 3);
	assert_string_equal(f.steps.items[0].package_id, "g");
	assert_string_equal(f.steps.items[8].description,
			    "Returning installation info for service model: Data on machine: m1");
	assert_int_equal(step_type_of(f.steps.items[8].type, f.steps.items[8].description),
			 STEP_TYPE_INSTALLATION_INFO);
}

/* What was stopped runs again, also where the update did not get to. */
static void test_stopped_only(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, TWO, "Data Web");
	done(&f, "Stop Web m1\nStop Data m1\nUpdate data M1");
	check(&f, "Stop Web m1\nStop Data m1\nRestore Data m1\nStart Data m1\nStart Web m1\n");
}

static void test_nothing_done(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, TWO, "Data Web");
	check(&f, "");
	done(&f, "EnvironmentBackup All localhost\nBackup Data m1\nDVT Web m1\nSomething Web m1");
	check(&f, "");
}

static void test_configuration(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "A: UpdateConfig RestoreConfig Drain UnDrain\nB: GlobalUpdateConfig Restore", "A B");
	done(&f, "Drain A m1\nUpdateConfig A m1\nGlobalUpdateConfig B m1");
	check(&f, "Restore B m1\nRestoreConfig A m1\nUnDrain A m1\n");
}

static void check_problems(struct fixture *fixture, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(plan(fixture));
	assert_int_equal(fixture->steps.count, 0);
	assert_false(problem_list_none(&fixture->problems, ERROR_REFUSED, &err));
	assert_string_equal(err.message, expected);
}

static void test_missing_scripts(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "A: Update\nB: GlobalUpdate\nC: UpdateConfig Restore\nD: Update GlobalUpdate GlobalRestore",
	      "A B C D");
	done(&f, "Update A m1\nGlobalUpdate B m2\nUpdateConfig C m1\nUpdate D m1\nUpdate Gone m1");
	check_problems(
		&f,
		"Gone: was updated, but the service models of the runbook do not name it\n"
		"s.xml:2: A on machine m1: its UpdateScript was begun, and it has no RestoreScript that would take it back\n"
		"s.xml:3: B on machine m2: its GlobalUpdateScript was begun, and it has no GlobalRestoreScript that would take it back\n"
		"s.xml:5: D on machine m1: its UpdateScript was begun, and it has no RestoreScript that would take it back");
}

/* What was not begun needs no script. */
static void test_missing_but_not_begun(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "A: Update Stop Start\nB: Update Restore", "A B");
	done(&f, "Stop A m1\nUpdate B m1");
	check(&f, "Stop A m1\nRestore B m1\nStart A m1\n");
}

static void test_missing_is_told(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	CLEANUP_STRV struct strv names = STRV_INIT;

	(void)state;
	parse(&f, "A: Update\nB: GlobalUpdate GlobalRestore\nC: Stop Start\nD: UpdateConfig\nE: Update", "A");
	f.models.models[4].selected_for_update = false;
	plan_restore_missing(&f.models, &names);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[0], "A");
	assert_string_equal(names.items[1], "D");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_done),        cmocka_unit_test(test_stopped_only),
		cmocka_unit_test(test_nothing_done),    cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_missing_scripts), cmocka_unit_test(test_missing_but_not_begun),
		cmocka_unit_test(test_missing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
