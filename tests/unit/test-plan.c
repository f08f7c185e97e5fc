// SPDX-License-Identifier: MIT
#include "tests/unit/shared.h"

#include <string.h>

#include "runbook/base/strbuf.h"
#include "runbook/plan.h"

/* Everything a plan needs, out of texts or files. */
struct fixture {
	struct topology topology;
	struct service_model_data models;
	struct plan_facts *facts;
	struct strv include;
	struct plan_request request;
	struct step_list steps;
	struct problem_list problems;
	struct problem_list warnings;
	bool is_empty;
};

static void fixture_release(struct fixture *fixture)
{
	topology_release(&fixture->topology);
	service_model_data_release(&fixture->models);
	free(fixture->facts);
	strv_release(&fixture->include);
	step_list_release(&fixture->steps);
	problem_list_release(&fixture->problems);
	problem_list_release(&fixture->warnings);
}

#define CLEANUP_FIXTURE CLEANUP(fixture_release)

static void prepare(struct fixture *fixture)
{
	fixture->facts = xcalloc(fixture->models.model_count, sizeof(*fixture->facts));
	fixture->request = (struct plan_request){
		.runbook_id = "r1",
		.topology = &fixture->topology,
		.models = &fixture->models,
		.facts = fixture->facts,
		.package_type = "Unknown",
		.etw = PLAN_ETW_ALWAYS,
		.with_backup = true,
		.include = &fixture->include,
		.warnings = &fixture->warnings,
	};
}

/* "m1: A B" is a machine with two service models. */
static void add_machine(struct strbuf *xml, char *line)
{
	CLEANUP_STRV struct strv words = STRV_INIT;

	strv_split(&words, line, ": ");
	strbuf_addf(xml, "<Machine><Name>%s</Name><ServiceModelList>", words.items[0]);
	for (size_t i = 1; i < words.count; i++)
		strbuf_addf(xml, "<string>%s</string>", words.items[i]);
	strbuf_add_str(xml, "</ServiceModelList></Machine>\n");
}

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
			    "<Description>d</Description></%sScript>",
			    scripts.items[i], scripts.items[i], scripts.items[i]);
	strbuf_add_str(xml, "</ServiceModel>\n");
}

static void add_lines(struct strbuf *xml, const char *text, void (*add)(struct strbuf *xml, char *line))
{
	CLEANUP_STRV struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++)
		add(xml, lines.items[i]);
}

/* Each line of `machines` and `models` is in line 2 and following of its document. */
static void parse(struct fixture *fixture, const char *machines, const char *backup, const char *models)
{
	CLEANUP_STRBUF struct strbuf xml = STRBUF_INIT;

	strbuf_add_str(&xml, "<TopologyData><MachineList>\n");
	add_lines(&xml, machines, add_machine);
	strbuf_addf(&xml, "</MachineList>%s</TopologyData>", backup);
	assert_true(topology_parse(&(struct document){ xml.data, xml.length, "t.xml" }, &fixture->topology,
				   &fixture->problems, &fixture->warnings));
	strbuf_clear(&xml);
	strbuf_add_str(&xml, "<ServiceModelData><Guid>g</Guid><ServiceModelList>\n");
	add_lines(&xml, models, add_model);
	strbuf_add_str(&xml, "</ServiceModelList></ServiceModelData>");
	assert_true(service_model_data_parse(&(struct document){ xml.data, xml.length, "s.xml" }, &fixture->models,
					     &fixture->problems, &fixture->warnings));
	prepare(fixture);
}

#define MANUAL_BACKUP \
	"<BackupScript><FileName /><Automated>false</Automated><Description>Please</Description></BackupScript>"
#define ALL_SCRIPTS                                                                                                \
	"UnDrain Drain Stop Backup Update BackupConfig UpdateConfig GlobalUpdateConfig GlobalBackup GlobalUpdate " \
	"Start DVT Restore GlobalRestore StagingUpdate"

/* Replaces a script of the first service model. */
static void set_script(struct fixture *fixture, enum script_kind kind, const char *file_name, bool automated,
		       const char *description)
{
	struct script *script = &fixture->models.models[0].scripts[kind];

	script_release(script);
	script_init(script);
	free(script->file_name);
	free(script->description);
	script->present = true;
	script->line = 2;
	script->file_name = xstrdup(file_name);
	script->automated = automated;
	script->description = xstrdup(description);
}

static void read_data(struct fixture *fixture)
{
	const char *folder = getenv("RUNBOOK_TEST_DATA");
	CLEANUP_FREE char *topology = xasprintf("%s/topology-fifteen.xml", folder);
	CLEANUP_FREE char *models = xasprintf("%s/service-model-fifteen.xml", folder);

	assert_true(topology_read(topology, &fixture->topology, &fixture->problems, &fixture->warnings));
	assert_true(service_model_data_read(models, &fixture->models, &fixture->problems, &fixture->warnings));
	assert_int_equal(fixture->warnings.count, 0);
	prepare(fixture);
}

static bool generate(struct fixture *fixture)
{
	step_list_release(&fixture->steps);
	problem_list_release(&fixture->problems);
	return plan_generate(&fixture->request, &fixture->steps, &fixture->is_empty, &fixture->problems);
}

static void generate_fine(struct fixture *fixture)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (generate(fixture))
		return;
	(void)problem_list_none(&fixture->problems, ERROR_INPUT, &err);
	fail_msg("%s", err.message);
}

/* One step a line, for comparing: "Stop A m1". */
static void check_steps(const struct fixture *fixture, const char *expected)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < fixture->steps.count; i++) {
		const struct step *step = &fixture->steps.items[i];

		assert_int_equal(step->number, i + 1);
		strbuf_addf(&text, "%s %s %s\n", step->type, step->service_model, step->machine);
	}
	assert_string_equal(text.data, expected);
}

static void check_problems(struct fixture *fixture, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(generate(fixture));
	assert_int_equal(fixture->steps.count, 0);
	assert_false(problem_list_none(&fixture->problems, ERROR_INPUT, &err));
	assert_string_equal(err.message, expected);
}

/* The twelve steps of the documentation of 2015. */
static void test_twelve_steps(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: AOSService\nm2: AOSService", MANUAL_BACKUP,
	      "AOSService: Stop Update GlobalUpdate Start DVT Drain");
	generate_fine(&f);
	check_steps(&f, "Stop AOSService m1\nStop AOSService m2\nEnvironmentBackup All localhost\n"
			"Update AOSService m1\nETWManifest AOSService m1\nInstallationInfo AOSService m1\n"
			"Update AOSService m2\nETWManifest AOSService m2\nInstallationInfo AOSService m2\n"
			"GlobalUpdate AOSService m1\nStart AOSService m1\nStart AOSService m2\n");
	assert_string_equal(f.steps.items[0].description, "Stop script for service model: AOSService on machine: m1");
	assert_string_equal(f.steps.items[2].description, "Backup script for environment");
	assert_string_equal(f.steps.items[4].description,
			    "Updating ETW manifest for service model: AOSService on machine: m1");
	assert_string_equal(f.steps.items[5].description,
			    "Updating installation info for service model: AOSService on machine: m1");
	assert_string_equal(f.steps.items[9].description,
			    "GlobalUpdate script for service model: AOSService on machine: m1");
}

static void test_fields(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	const struct step *step;

	(void)state;
	parse(&f, "m1: A", MANUAL_BACKUP, "A: Update");
	f.request.package_type = "BinaryHotfixPackage";
	generate_fine(&f);
	assert_int_equal(f.steps.count, 4);
	step = &f.steps.items[0];
	assert_false(step->script.automated);
	assert_string_equal(step->script.description, "Please");
	assert_string_equal(step->script.file_name, "");
	step = &f.steps.items[1];
	assert_int_equal(step->fields, STEP_FIELDS_LONG);
	assert_string_equal(step->runbook_id, "r1");
	assert_string_equal(step->package_id, "g");
	assert_string_equal(step->package_type, "BinaryHotfixPackage");
	assert_string_equal(step->script.file_name, "Update.sh");
	assert_string_equal(step->script.description, "d");
	assert_true(step->script.present && step->script.automated);
	assert_int_equal(step->state, STEP_NOT_STARTED);
	assert_false(step->completed_manually);
	step = &f.steps.items[3];
	assert_true(step->script.present && step->script.automated);
	assert_string_equal(step->script.file_name, "");
}

/* The list of June 2016: no backup of the environment, no GlobalUpdate. */
static void test_without_backup(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "a: AOSService\nb: AOSService", MANUAL_BACKUP, "AOSService: Stop Backup Update Start");
	f.request.with_backup = false;
	generate_fine(&f);
	check_steps(&f, "Stop AOSService a\nStop AOSService b\n"
			"Update AOSService a\nETWManifest AOSService a\nInstallationInfo AOSService a\n"
			"Update AOSService b\nETWManifest AOSService b\nInstallationInfo AOSService b\n"
			"Start AOSService a\nStart AOSService b\n");
}

static size_t count_type(const struct fixture *fixture, enum step_type type)
{
	size_t count = 0;

	for (size_t i = 0; i < fixture->steps.count; i++)
		count += strcmp(fixture->steps.items[i].type, step_type_name(type)) == 0;
	return count;
}

static void check_step(const struct fixture *fixture, size_t number, enum step_type type, const char *service_model)
{
	assert_in_range(number, 1, fixture->steps.count);
	assert_string_equal(fixture->steps.items[number - 1].type, step_type_name(type));
	assert_string_equal(fixture->steps.items[number - 1].service_model, service_model);
}

/* All fifteen service models of a 10.0 machine: the step numbers that people have seen and written down. */
static void test_fifteen(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	read_data(&f);
	generate_fine(&f);
	assert_int_equal(count_type(&f, STEP_TYPE_STOP), 8);
	assert_int_equal(count_type(&f, STEP_TYPE_ENVIRONMENT_BACKUP), 1);
	assert_int_equal(count_type(&f, STEP_TYPE_BACKUP), 9);
	assert_int_equal(count_type(&f, STEP_TYPE_UPDATE), 14);
	assert_int_equal(count_type(&f, STEP_TYPE_ETW_MANIFEST), 15);
	assert_int_equal(count_type(&f, STEP_TYPE_INSTALLATION_INFO), 15);
	assert_int_equal(count_type(&f, STEP_TYPE_GLOBAL_UPDATE), 4);
	assert_int_equal(count_type(&f, STEP_TYPE_START), 6);
	assert_int_equal(count_type(&f, STEP_TYPE_DVT), 0);
	assert_int_equal(f.steps.count, 72);
	check_step(&f, 34, STEP_TYPE_UPDATE, "DIXFService");
	check_step(&f, 51, STEP_TYPE_UPDATE, "RetailServer");
	check_step(&f, 57, STEP_TYPE_UPDATE, "RetailCloudPos");
	assert_string_equal(f.steps.items[36].script.file_name, "Update\\update.sh");
}

static void test_fifteen_with_dvt(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	read_data(&f);
	f.topology.backup.present = false;
	f.request.with_dvt = true;
	generate_fine(&f);
	assert_int_equal(f.steps.count, 73);
	check_step(&f, 72, STEP_TYPE_DVT, "AOSService");
	check_step(&f, 73, STEP_TYPE_DVT, "MROneBox");
	assert_string_equal(f.steps.items[72].concurrency, "Multiple");
}

static bool is_left_out(const char *name)
{
	return strncmp(name, "Retail", 6) == 0 || strncmp(name, "PayrollTax", 10) == 0;
}

/* A machine without retail and payroll: the update of the database of MROneBox was seen as step 38. */
static void test_without_retail(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	struct topology_machine *machine;
	size_t kept = 0;

	(void)state;
	read_data(&f);
	f.topology.backup.present = false;
	machine = &f.topology.machines[0];
	for (size_t i = 0; i < machine->service_count; i++) {
		if (is_left_out(machine->services[i].name))
			free(machine->services[i].name);
		else
			machine->services[kept++] = machine->services[i];
	}
	machine->service_count = kept;
	generate_fine(&f);
	check_step(&f, 38, STEP_TYPE_GLOBAL_UPDATE, "MROneBox");
}

static void test_order(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	size_t order[4];
	size_t count = 0;

	(void)state;
	parse(&f, "m1: web Job\nm2: DB job Other", "",
	      "Job < Web Db NotHere: Stop Start\nOther: Stop Start\nWeb < Db: Stop Start\nDb: Stop Start");
	for (size_t i = 0; i < f.models.model_count; i++)
		f.models.models[i].selected_for_update = false;
	generate_fine(&f);
	check_steps(&f, "Stop Job m1\nStop Job m2\nStop Web m1\nStop Db m2\nStop Other m2\n"
			"Start Db m2\nStart Other m2\nStart Web m1\nStart Job m1\nStart Job m2\n");
	assert_true(plan_order(&f.topology, &f.models, order, &count, &f.problems));
	assert_int_equal(count, 4);
	assert_int_equal(order[0], 3);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 2);
	assert_int_equal(order[3], 0);
}

static void test_optional_phases(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A\nm2: A", MANUAL_BACKUP, "A: " ALL_SCRIPTS);
	strv_split(&f.include, "drain,UnDrain,BackupConfig,UpdateConfig,GlobalBackup,GlobalUpdateConfig", ",");
	f.request.with_dvt = true;
	f.request.etw = PLAN_ETW_NEVER;
	generate_fine(&f);
	check_steps(&f, "Drain A m1\nDrain A m2\nStop A m1\nStop A m2\nEnvironmentBackup All localhost\n"
			"Backup A m1\nBackup A m2\nGlobalBackup A m1\nBackupConfig A m1\nBackupConfig A m2\n"
			"Update A m1\nInstallationInfo A m1\nUpdate A m2\nInstallationInfo A m2\n"
			"UpdateConfig A m1\nUpdateConfig A m2\nGlobalUpdateConfig A m1\nGlobalUpdate A m1\n"
			"Start A m1\nStart A m2\nDVT A m1\nDVT A m2\nUnDrain A m1\nUnDrain A m2\n");
}

static void test_not_selected(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A B", "", "A: " ALL_SCRIPTS "\nB: Update");
	f.models.models[0].selected_for_update = false;
	strv_split(&f.include, "Drain,UnDrain,BackupConfig,UpdateConfig,GlobalBackup,GlobalUpdateConfig", ",");
	f.request.with_dvt = true;
	generate_fine(&f);
	check_steps(&f, "Stop A m1\nUpdate B m1\nETWManifest B m1\nInstallationInfo B m1\nStart A m1\n");
}

static void test_etw_manifest(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A B", "", "A:\nB:");
	f.request.etw = PLAN_ETW_AUTO;
	f.facts[1] = (struct plan_facts){ true, "AutoETWManifestUpdate.sh" };
	generate_fine(&f);
	check_steps(&f, "InstallationInfo A m1\nETWManifest B m1\nInstallationInfo B m1\n");
	assert_string_equal(f.steps.items[1].script.file_name, "AutoETWManifestUpdate.sh");
	assert_true(f.steps.items[1].script.automated);
	f.request.facts = NULL;
	generate_fine(&f);
	assert_int_equal(f.steps.count, 2);
	f.request.etw = PLAN_ETW_ALWAYS;
	generate_fine(&f);
	assert_int_equal(f.steps.count, 4);
	assert_string_equal(f.steps.items[0].script.file_name, "");
	assert_true(f.steps.items[0].script.automated);
}

static void test_script_without_content(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A", "<BackupScript />", "A:");
	set_script(&f, SCRIPT_STOP, "", false, "");
	set_script(&f, SCRIPT_START, "", false, "by hand");
	generate_fine(&f);
	check_steps(&f, "ETWManifest A m1\nInstallationInfo A m1\nStart A m1\n");
	assert_false(f.steps.items[2].script.automated);
}

static void test_cycle(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	size_t order[5];
	size_t count = 0;

	(void)state;
	parse(&f, "m1: D C B A Self", "", "A < B:\nB < C:\nC < A:\nD < A:\nSelf < self:");
	check_problems(&f,
		       "s.xml:2: dependency cycle: A -> B -> C -> A; remove one from its DependentServiceModelList\n"
		       "s.xml:6: dependency cycle: Self -> Self; remove one from its DependentServiceModelList");
	assert_false(f.is_empty);
	assert_false(plan_order(&f.topology, &f.models, order, &count, &f.problems));
}

/* A cycle that the topology does not have is none. */
static void test_cycle_elsewhere(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A", "", "A < B: Stop\nB < A:");
	generate_fine(&f);
	assert_int_equal(f.steps.count, 3);
}

static void test_all_reasons_at_once(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: A", "<BackupScript><Automated>true</Automated></BackupScript>", "A < A:");
	set_script(&f, SCRIPT_STOP, "..\\..\\x.sh", true, "");
	set_script(&f, SCRIPT_UPDATE, "/bin/sh", true, "");
	f.request.runbook_id = "../r";
	strv_push(&f.include, "Restore");
	check_problems(
		&f,
		"runbook id \"../r\": take a letter or digit, then letters, digits, '.', '_', '-', at most 64\n"
		"unknown phase \"Restore\": take Drain, UnDrain, GlobalBackup, BackupConfig, UpdateConfig or "
		"GlobalUpdateConfig\n"
		"s.xml:2: dependency cycle: A -> A; remove one from its DependentServiceModelList\n"
		"s.xml:2: StopScript: \"..\\..\\x.sh\" does not stay within the package; name a file below the "
		"Scripts folder\n"
		"t.xml:3: BackupScript is automated, but names no file; fill in FileName, or set Automated to false\n"
		"s.xml:2: UpdateScript: \"/bin/sh\" does not stay within the package; name a file below the "
		"Scripts folder");
}

/* Readers refuse it already; a topology made in memory is checked here. */
static void test_doubled(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	struct topology_machine *machine;

	(void)state;
	parse(&f, "m1: A B", "", "A:");
	machine = &f.topology.machines[0];
	free(machine->services[1].name);
	machine->services[1].name = xstrdup("a");
	check_problems(&f, "t.xml:2: service model a stands twice on machine m1; remove one");
}

static void test_empty(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };

	(void)state;
	parse(&f, "m1: X\nm2: x Y", MANUAL_BACKUP, "A: " ALL_SCRIPTS);
	check_problems(&f, "no steps: 0 of the service models that the topology names are in the service-model file; "
			   "compare the names in both files");
	assert_true(f.is_empty);
	assert_int_equal(f.warnings.count, 2);
	assert_string_equal(f.warnings.items[0].text, "service model X is not in s.xml; it makes no steps");
	assert_string_equal(f.warnings.items[1].text, "service model Y is not in s.xml; it makes no steps");
	f.request.warnings = NULL;
	assert_false(generate(&f));
}

/* A thousand machines with a hundred service models in a chain: quadratic work would be seen. */
static void test_large(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	CLEANUP_STRBUF struct strbuf machines = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf models = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 100; i++)
		strbuf_addf(&models, "S%d < S%d: Stop\n", i, i + 1);
	for (int i = 0; i < 1000; i++) {
		strbuf_addf(&machines, "m%d:", i);
		for (int j = 0; j < 100; j++)
			strbuf_addf(&machines, " S%d", j);
		strbuf_add_char(&machines, '\n');
	}
	parse(&f, machines.data, "", models.data);
	f.request.etw = PLAN_ETW_NEVER;
	generate_fine(&f);
	assert_int_equal(f.steps.count, 200000);
	check_step(&f, 1, STEP_TYPE_STOP, "S0");
	check_step(&f, 100001, STEP_TYPE_INSTALLATION_INFO, "S99");
}

static void test_real_models(void **state)
{
	CLEANUP_FIXTURE struct fixture f = { 0 };
	CLEANUP_FREE char *path = shared_ax_file("DefaultServiceModelData_7.0.4841.xml");
	CLEANUP_STRBUF struct strbuf topology = STRBUF_INIT;

	(void)state;
	assert_true(service_model_data_read(path, &f.models, &f.problems, &f.warnings));
	strbuf_add_str(&topology, "<TopologyData><MachineList><Machine><Name>vm1</Name><ServiceModelList>");
	for (size_t i = 0; i < f.models.model_count; i++)
		strbuf_addf(&topology, "<string>%s</string>", f.models.models[i].name);
	strbuf_add_str(&topology, "</ServiceModelList></Machine></MachineList></TopologyData>");
	assert_true(topology_parse(&(struct document){ topology.data, topology.length, "t.xml" }, &f.topology,
				   &f.problems, &f.warnings));
	prepare(&f);
	f.request.with_dvt = true;
	generate_fine(&f);
	assert_int_equal(count_type(&f, STEP_TYPE_STOP), 10);
	assert_int_equal(count_type(&f, STEP_TYPE_BACKUP), 11);
	assert_int_equal(count_type(&f, STEP_TYPE_UPDATE), 16);
	assert_int_equal(count_type(&f, STEP_TYPE_ETW_MANIFEST), 17);
	assert_int_equal(count_type(&f, STEP_TYPE_INSTALLATION_INFO), 17);
	assert_int_equal(count_type(&f, STEP_TYPE_GLOBAL_UPDATE), 5);
	assert_int_equal(count_type(&f, STEP_TYPE_START), 8);
	assert_int_equal(count_type(&f, STEP_TYPE_DVT), 4);
	assert_int_equal(f.steps.count, 88);
	check_step(&f, 1, STEP_TYPE_STOP, "MRProcessService");
	check_step(&f, 9, STEP_TYPE_STOP, "AOSService");
	check_step(&f, 10, STEP_TYPE_STOP, "ReportingService");
	check_step(&f, 11, STEP_TYPE_BACKUP, "ReportingService");
	check_step(&f, 77, STEP_TYPE_START, "ReportingService");
	check_step(&f, 78, STEP_TYPE_START, "AOSService");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twelve_steps),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_without_backup),
		cmocka_unit_test(test_fifteen),
		cmocka_unit_test(test_fifteen_with_dvt),
		cmocka_unit_test(test_without_retail),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_optional_phases),
		cmocka_unit_test(test_not_selected),
		cmocka_unit_test(test_etw_manifest),
		cmocka_unit_test(test_script_without_content),
		cmocka_unit_test(test_cycle),
		cmocka_unit_test(test_cycle_elsewhere),
		cmocka_unit_test(test_all_reasons_at_once),
		cmocka_unit_test(test_doubled),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_real_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
