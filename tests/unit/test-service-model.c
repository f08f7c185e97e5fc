// SPDX-License-Identifier: MIT
#include "tests/unit/shared.h"

#include <string.h>

#include "runbook/installation_info.h"
#include "runbook/service_model.h"

static void read_real(const char *name, struct service_model_data *ret)
{
	CLEANUP_FREE char *path = shared_ax_file(name);
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	assert_true(service_model_data_read(path, ret, &problems, &warnings));
	assert_int_equal(problems.count + warnings.count, 0);
}

static void test_real_file(void **state)
{
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data data = SERVICE_MODEL_DATA_INIT;
	const struct service_model *aos;
	const struct service_model *mr;

	(void)state;
	read_real("DefaultServiceModelData_7.0.4841.xml", &data);
	assert_string_equal(data.guid, "76f46b4f-1849-4927-9da2-6c349430f349");
	assert_string_equal(data.version, "1.0.1.0");
	assert_int_equal(data.model_count, 17);
	aos = service_model_find(&data, "aosservice");
	assert_non_null(aos);
	assert_int_equal(aos->line, 6);
	assert_true(aos->selected_for_update && aos->contains_database);
	assert_int_equal(aos->depends_on.count, 1);
	assert_string_equal(aos->depends_on.items[0], "ReportingService");
	assert_string_equal(aos->scripts[SCRIPT_STOP].file_name, "AutoStopAOS.ps1");
	assert_int_equal(aos->scripts[SCRIPT_BACKUP].timeout_min, 75);
	assert_false(aos->scripts[SCRIPT_DRAIN].present);
	mr = service_model_find(&data, "MRApplicationService");
	assert_string_equal(mr->scripts[SCRIPT_STOP].file_name, "Update\\AutoStopMRApplicationService.ps1");
	assert_int_equal(mr->scripts[SCRIPT_STOP].retry_count, 5);
	assert_null(service_model_find(&data, "AOS"));
}

static void test_other_real_files(void **state)
{
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data first = SERVICE_MODEL_DATA_INIT;
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data second = SERVICE_MODEL_DATA_INIT;

	(void)state;
	read_real("AOTpackage-DefaultServiceModelData.xml", &first);
	assert_int_equal(first.model_count, 4);
	assert_false(service_model_find(&first, "DIXFService")->selected_for_update);
	assert_true(script_is_empty(&service_model_find(&first, "MRProcessService")->scripts[SCRIPT_DVT]));
	read_real("AOTpackage-DevInstallServiceModelData.xml", &second);
	assert_int_equal(second.model_count, 2);
}

static bool parse(const char *text, struct service_model_data *ret, struct problem_list *problems,
		  struct problem_list *warnings)
{
	return service_model_data_parse(&(struct document){ text, strlen(text), "s.xml" }, ret, problems, warnings);
}

static void test_script(void **state)
{
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data data = SERVICE_MODEL_DATA_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	const struct script *script;

	(void)state;
	assert_true(parse(
		"<ServiceModelData><ServiceModelList><ServiceModel><Name>A</Name><SelectedForUpdate />\n"
		"<UpdateScript><DoNotAutoResume>true</DoNotAutoResume><New/><Automated>1</Automated><FileName> u.sh </FileName>"
		"<InvokeWithPowershellProcess>True</InvokeWithPowershellProcess>"
		"<DynamicStepDefinition><SubStep><Name>n</Name><Group>g</Group><FileName>f</FileName>"
		"<Description>d</Description></SubStep></DynamicStepDefinition></UpdateScript>"
		"</ServiceModel></ServiceModelList></ServiceModelData>",
		&data, &problems, &warnings));
	assert_int_equal(warnings.count, 1);
	assert_true(data.models[0].selected_for_update);
	script = &data.models[0].scripts[SCRIPT_UPDATE];
	assert_true(script->present && script->automated && script->no_auto_resume && script->own_process);
	assert_int_equal(script->line, 2);
	assert_string_equal(script->file_name, "u.sh");
	assert_string_equal(script->unknown_xml, "<New />");
	assert_int_equal(script->sub_step_count, 1);
	assert_string_equal(script->sub_steps[0].group, "g");
	assert_string_equal(script_kind_element(SCRIPT_UPDATE), "UpdateScript");
}

static void test_foreign_dynamic_definition(void **state)
{
	static const char *const foreign[] = { "{}", "<Other />", "<SubStep><More /></SubStep>",
					       "<SubStep>text</SubStep>" };

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		CLEANUP_SERVICE_MODEL_DATA struct service_model_data data = SERVICE_MODEL_DATA_INIT;
		CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
		CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
		CLEANUP_FREE char *text = xasprintf(
			"<ServiceModelData><ServiceModelList><ServiceModel><Name>A</Name><StopScript><DynamicStepDefinition>"
			"%s</DynamicStepDefinition></StopScript></ServiceModel></ServiceModelList></ServiceModelData>",
			foreign[i]);

		assert_true(parse(text, &data, &problems, &warnings));
		assert_int_equal(warnings.count, 1);
		assert_int_equal(data.models[0].scripts[SCRIPT_STOP].sub_step_count, 0);
		assert_non_null(strstr(data.models[0].scripts[SCRIPT_STOP].unknown_xml, "<DynamicStepDefinition>"));
	}
}

static void test_problems(void **state)
{
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data data = SERVICE_MODEL_DATA_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_false(
		parse("<ServiceModelData><ServiceModelList>\n<ServiceModel><Name>..</Name></ServiceModel>\n"
		      "<ServiceModel/>\n<ServiceModel><Name>A</Name>\n<UpdateScript><TimeoutValue>7.5</TimeoutValue>"
		      "</UpdateScript></ServiceModel>\n<ServiceModel><Name>a</Name></ServiceModel>"
		      "</ServiceModelList></ServiceModelData>",
		      &data, &problems, &warnings));
	assert_null(data.models);
	assert_false(problem_list_none(&problems, ERROR_INPUT, &err));
	assert_string_equal(err.message,
			    "s.xml:2: \"..\" is no name: at most 128 bytes, no slashes, no dot or ~ at the beginning\n"
			    "s.xml:3: ServiceModel has no Name; add <Name>…</Name>\n"
			    "s.xml:5: TimeoutValue is \"7.5\", expected a whole number from 0 to 1000000\n"
			    "s.xml:6: service model a stands twice, first in line 4; make one of both");
}

static void test_installation_info(void **state)
{
	CLEANUP_FREE char *path = shared_ax_file("MRApplicationService-InstallationInfo.xml");
	struct service_model_installation_info info;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_true(service_model_installation_info_read(path, &info, &problems, &warnings));
	assert_int_equal(problems.count + warnings.count, 0);
	assert_string_equal(info.name, "MRApplicationService");
	assert_string_equal(info.version, "10.0.1111.0");
	assert_string_equal(info.description, "");
	assert_string_equal(info.publisher, "Microsoft Corporation");
	assert_string_equal(info.release_version, "10.0.25");
	service_model_installation_info_release(&info);
}

static void test_hotfix_info(void **state)
{
	CLEANUP_FREE char *path = shared_ax_file("AOTpackage-HotfixInstallationInfo.xml");
	struct hotfix_installation_info info;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_true(hotfix_installation_info_read(path, &info, &problems, &warnings));
	assert_int_equal(problems.count + warnings.count, 0);
	assert_string_equal(info.type, "ApplicationPackage");
	assert_string_equal(info.platform_version, "7.0.4841.35234");
	assert_string_equal(info.platform_release, "Update15");
	assert_int_equal(info.service_models.count, 0);
	assert_int_equal(info.modules.count, 2);
	assert_string_equal(info.modules.items[1], "a_entitytrigger.7.0.4841.35234");
	hotfix_installation_info_release(&info);
}

static void test_released_packages(void **state)
{
	CLEANUP_FREE char *path = shared_ax_file("ReleasedPackages.xml");
	struct released_packages packages;
	const struct released_package *package;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_true(released_packages_read(path, &packages, &problems, &warnings));
	assert_int_equal(problems.count + warnings.count, 0);
	assert_int_equal(packages.count, 13);
	package = released_packages_find(&packages, "7856185e-9489-4b02-b1d4-eddc22b63d7b");
	assert_non_null(package);
	assert_string_equal(package->package_type, "PlatformUpdatePackage");
	assert_string_equal(package->description, "Platform in-place update1");
	assert_null(released_packages_find(&packages, "7856185e"));
	released_packages_release(&packages);
}

static void test_wrong_kind(void **state)
{
	CLEANUP_FREE char *path = shared_ax_file("ReleasedPackages.xml");
	struct service_model_installation_info info;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_false(service_model_installation_info_read(path, &info, &problems, &warnings));
	assert_null(info.name);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text,
			    "the root element is ReleasedPackages, expected ServiceModelInstallationInfo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_file),   cmocka_unit_test(test_other_real_files),
		cmocka_unit_test(test_script),      cmocka_unit_test(test_foreign_dynamic_definition),
		cmocka_unit_test(test_problems),    cmocka_unit_test(test_installation_info),
		cmocka_unit_test(test_hotfix_info), cmocka_unit_test(test_released_packages),
		cmocka_unit_test(test_wrong_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
