// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "runbook/base/fs.h"
#include "runbook/catalogue.h"

#define ENTRY(inside) "<ErrorCodeData><ErrorCode>" inside "</ErrorCode></ErrorCodeData>"

static void test_file_is_read(void **state)
{
	CLEANUP_FREE char *path = fs_join(getenv("RUNBOOK_TEST_DATA"), "error-code.xml");
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT, warnings = PROBLEM_LIST_INIT;
	struct catalogue catalogue;

	(void)state;
	assert_true(catalogue_read(path, &catalogue, &problems, &warnings));
	assert_int_equal(warnings.count, 0);
	assert_int_equal(catalogue.count, 2);
	assert_string_equal(catalogue.items[0].code, "LicenceMissing");
	assert_string_equal(catalogue.items[0].patterns, "licence .* (is missing|not found)\nSHOP-17\\b");
	assert_int_equal(catalogue.items[0].exit_code, -1);
	assert_int_equal(catalogue.items[1].exit_code, 17);
	assert_string_equal(catalogue.items[1].action, "Close it first: shopctl close.");
	catalogue_release(&catalogue);
}

static void assert_problem(const char *text, const char *problem)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT, warnings = PROBLEM_LIST_INIT;
	struct catalogue catalogue;

	assert_false(catalogue_parse(&(struct document){ text, strlen(text), "f" }, &catalogue, &problems, &warnings));
	assert_true(problems.count > 0);
	assert_non_null(strstr(problems.items[0].text, problem));
	assert_int_equal(catalogue.count, 0);
}

static void test_what_is_wrong_is_said(void **state)
{
	(void)state;
	assert_problem(ENTRY("<Code>a</Code><Cause>c</Cause><Action>a</Action>"), "needs a Pattern or an ExitCode");
	assert_problem(ENTRY("<Pattern>x</Pattern><Cause>c</Cause><Action>a</Action>"), "Code");
	assert_problem(ENTRY("<Code>a</Code><Pattern>x</Pattern><Cause> </Cause><Action>a</Action>"), "Cause");
	assert_problem(ENTRY("<Code>a</Code><Pattern>x\ny</Pattern><Cause>c</Cause><Action>a</Action>"), "one line");
	assert_problem(ENTRY("<Code>a</Code><ExitCode>256</ExitCode><Cause>c</Cause><Action>a</Action>"), "1 to 255");
	assert_problem(ENTRY("<Code>a</Code><ExitCode>0</ExitCode><Cause>c</Cause><Action>a</Action>"), "1 to 255");
	assert_problem("<Other/>", "ErrorCodeData");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_is_read),
		cmocka_unit_test(test_what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
