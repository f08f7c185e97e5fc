// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/nuspec.h"

static bool parse(const char *text, struct nuspec *ret, struct problem_list *problems)
{
	return nuspec_parse(&(struct document){ text, strlen(text), "a.nuspec" }, ret, problems);
}

static void must_read(const char *text, struct nuspec *ret)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;

	assert_true(parse(text, ret, &problems));
	assert_int_equal(problems.count, 0);
}

static void must_refuse(const char *text, const char *reason)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_NUSPEC struct nuspec nuspec = NUSPEC_INIT;

	assert_false(parse(text, &nuspec, &problems));
	assert_true(problems.count > 0);
	if (!strstr(problems.items[0].text, reason))
		print_error("%s\n", problems.items[0].text);
	assert_non_null(strstr(problems.items[0].text, reason));
	assert_string_equal(problems.items[0].file, "a.nuspec");
	assert_null(nuspec.id);
}

#define METADATA(text)                                                                                 \
	"<package xmlns=\"http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd\"><metadata>" text \
	"</metadata></package>"

static void test_all(void **state)
{
	CLEANUP_NUSPEC struct nuspec nuspec = NUSPEC_INIT;

	(void)state;
	must_read(
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>" METADATA(
			"<id> dynamicsax-a </id><version>7.0.4841.35234</version><title>A &amp; B</title><authors>us</authors>"
			"<!-- nothing --><tags>x</tags><description><![CDATA[<it>]]></description>"
			"<dependencies><dependency id=\"b\" version=\"[1.0,2.0)\"/><dependency id=\"c\"/>"
			"<group targetFramework=\"net40\"><dependency id=\"B\" version=\"[1.0,2.0)\"/><dependency id=\"d\" "
			"version=\"\"/></group><dependency/></dependencies>"),
		&nuspec);
	assert_string_equal(nuspec.id, "dynamicsax-a");
	assert_string_equal(nuspec.version, "7.0.4841.35234");
	assert_string_equal(nuspec.title, "A & B");
	assert_string_equal(nuspec.authors, "us");
	assert_string_equal(nuspec.description, "<it>");
	assert_int_equal(nuspec.dependencies.count, 3);
	assert_string_equal(nuspec.dependencies.items[0], "b [1.0,2.0)");
	assert_string_equal(nuspec.dependencies.items[1], "c");
	assert_string_equal(nuspec.dependencies.items[2], "d");
}

static void test_without_namespace(void **state)
{
	CLEANUP_NUSPEC struct nuspec nuspec = NUSPEC_INIT;

	(void)state;
	must_read("<package><metadata><id>a</id><version>1.0.0-beta</version></metadata></package>", &nuspec);
	assert_string_equal(nuspec.version, "1.0.0-beta");
	assert_string_equal(nuspec.title, "");
	assert_int_equal(nuspec.dependencies.count, 0);
}

static void test_refused(void **state)
{
	(void)state;
	must_refuse("", "");
	must_refuse("<metadata><id>a</id></metadata>", "the root element is not package");
	must_refuse("<package/>", "package has no metadata");
	must_refuse(METADATA("<version>1</version>"), "the id of the module is missing");
	must_refuse(METADATA("<id>a</id><version> </version>"), "the version of the module is missing");
	must_refuse(
		METADATA(
			"<id>a23456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
			"1234567890123456789012345678901234567890</id><version>1</version>"),
		"the id of the module is too long");
	must_refuse("<!DOCTYPE package [<!ENTITY a \"b\">]>" METADATA("<id>&a;</id><version>1</version>"), "DOCTYPE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_without_namespace),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
