// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/document_merge.h"

static bool merge(enum merge_kind kind, const char *first, const char *second, struct strbuf *ret,
		  struct problem_list *problems)
{
	return document_merge(kind, &(struct document){ first, strlen(first), "first.xml" },
			      &(struct document){ second, strlen(second), "second.xml" }, ret, problems);
}

static void must_be(enum merge_kind kind, const char *first, const char *second, const char *expected)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_STRBUF struct strbuf united = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf flat = STRBUF_INIT;

	assert_true(merge(kind, first, second, &united, &problems));
	assert_int_equal(problems.count, 0);
	for (const char *at = strchr(united.data, '\n'); *at; at++)
		if (*at != '\n' && *at != ' ')
			strbuf_add_char(&flat, *at);
	assert_string_equal(flat.data, expected);
}

static void must_conflict(enum merge_kind kind, const char *first, const char *second, const char *reason)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_STRBUF struct strbuf united = STRBUF_INIT;

	assert_false(merge(kind, first, second, &united, &problems));
	assert_int_equal(problems.count, 1);
	if (!strstr(problems.items[0].text, reason))
		print_error("%s\n", problems.items[0].text);
	assert_non_null(strstr(problems.items[0].text, reason));
	assert_string_equal(problems.items[0].file, "second.xml");
	assert_int_equal(united.length, 0);
}

#define MODELS(guid, text) \
	"<ServiceModelData><Guid>" guid "</Guid><ServiceModelList>" text "</ServiceModelList></ServiceModelData>"
#define MODEL(name, text) "<ServiceModel><Name>" name "</Name>" text "</ServiceModel>"
#define ONLY_STOPPED "<SelectedForUpdate>false</SelectedForUpdate>"

static void test_service_models(void **state)
{
	(void)state;
	must_be(MERGE_SERVICE_MODELS, MODELS("a", MODEL("A", "") "<!--x-->"),
		MODELS("A", MODEL("B", "") MODEL("A", "")), MODELS("a", MODEL("A", "") "<!--x-->" MODEL("B", "")));
}

static void test_service_models_conflict(void **state)
{
	(void)state;
	must_conflict(MERGE_SERVICE_MODELS, MODELS("a", MODEL("A", "")), MODELS("b", MODEL("B", "")),
		      "Guid b is another one than in first.xml");
	must_conflict(MERGE_SERVICE_MODELS, MODELS("a", MODEL("A", "<Unknown>1</Unknown>")),
		      MODELS("a", MODEL("A", "<Unknown>2</Unknown>")), "service model A is defined otherwise");
}

static void test_what_is_selected(void **state)
{
	(void)state;
	must_be(MERGE_SERVICE_MODELS, MODELS("a", MODEL("A", ONLY_STOPPED)), MODELS("a", MODEL("A", "<X/>")),
		MODELS("a", MODEL("A", "<X/>")));
	must_be(MERGE_SERVICE_MODELS, MODELS("a", MODEL("A", "<X/>")), MODELS("a", MODEL("A", ONLY_STOPPED)),
		MODELS("a", MODEL("A", "<X/>")));
}

static void test_topology(void **state)
{
	(void)state;
	must_be(MERGE_TOPOLOGY,
		"<TopologyData><Name>n</Name><MachineList><Machine><Name>m</Name><ServiceModelList><string>A</string>"
		"</ServiceModelList></Machine></MachineList></TopologyData>",
		"<TopologyData><Name>other</Name><MachineList><Machine><Name>M</Name><ServiceModelList><string>a</string>"
		"<string>B</string></ServiceModelList></Machine><Machine><Name>o</Name></Machine></MachineList>"
		"<BackupScript><FileName>x</FileName></BackupScript></TopologyData>",
		"<TopologyData><Name>n</Name><MachineList><Machine><Name>m</Name><ServiceModelList><string>A</string>"
		"<string>B</string></ServiceModelList></Machine><Machine><Name>o</Name></Machine></MachineList>"
		"</TopologyData>");
}

static void test_hotfix_info(void **state)
{
	(void)state;
	must_be(MERGE_HOTFIX_INFO,
		"<HotfixInstallationInfo><Type>ApplicationPackage</Type><MetadataModuleList><string>a.1</string>"
		"</MetadataModuleList><PlatformVersion>7</PlatformVersion></HotfixInstallationInfo>",
		"<HotfixInstallationInfo><Type>BinaryHotfixPackage</Type><MetadataModuleList><string>b.1</string>"
		"<string>a.1</string></MetadataModuleList><PlatformVersion>7</PlatformVersion>"
		"<AllComponentList><ArrayOfString><string>b</string></ArrayOfString></AllComponentList></HotfixInstallationInfo>",
		"<HotfixInstallationInfo><Type>MergedPackage</Type><MetadataModuleList><string>a.1</string>"
		"<string>b.1</string></MetadataModuleList><PlatformVersion>7</PlatformVersion>"
		"<AllComponentList><ArrayOfString><string>b</string></ArrayOfString></AllComponentList></HotfixInstallationInfo>");
	must_conflict(MERGE_HOTFIX_INFO,
		      "<HotfixInstallationInfo><PlatformVersion>7</PlatformVersion></HotfixInstallationInfo>",
		      "<HotfixInstallationInfo><PlatformVersion>8</PlatformVersion></HotfixInstallationInfo>",
		      "PlatformVersion 8 is another one");
}

#define TYPE(guid, type) "<Package><Guid>" guid "</Guid><PackageType>" type "</PackageType></Package>"

static void test_package_types(void **state)
{
	(void)state;
	must_be(MERGE_PACKAGE_TYPES, "<ReleasedPackages>" TYPE("a", "A") "</ReleasedPackages>",
		"<ReleasedPackages>" TYPE("A", "A") TYPE("b", "B") "</ReleasedPackages>",
		"<ReleasedPackages>" TYPE("a", "A") TYPE("b", "B") "</ReleasedPackages>");
	must_conflict(MERGE_PACKAGE_TYPES, "<ReleasedPackages>" TYPE("a", "A") "</ReleasedPackages>",
		      "<ReleasedPackages>" TYPE("A", "B") "</ReleasedPackages>", "Guid A has another PackageType");
}

static void test_no_document(void **state)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_STRBUF struct strbuf united = STRBUF_INIT;

	(void)state;
	assert_false(merge(MERGE_TOPOLOGY, "<TopologyData>", "<TopologyData/>", &united, &problems));
	assert_false(merge(MERGE_TOPOLOGY, "<TopologyData/>", "<Other/>", &united, &problems));
	assert_int_equal(problems.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service_models),   cmocka_unit_test(test_service_models_conflict),
		cmocka_unit_test(test_what_is_selected), cmocka_unit_test(test_topology),
		cmocka_unit_test(test_hotfix_info),      cmocka_unit_test(test_package_types),
		cmocka_unit_test(test_no_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
