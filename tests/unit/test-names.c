// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/base/cleanup.h"
#include "runbook/names.h"

static void test_runbook_id(void **state)
{
	char longest[66];

	(void)state;
	assert_true(name_is_runbook_id("AX7update-2021.3_b"));
	assert_true(name_is_runbook_id("1"));
	assert_false(name_is_runbook_id(""));
	assert_false(name_is_runbook_id(".hidden"));
	assert_false(name_is_runbook_id("-x"));
	assert_false(name_is_runbook_id("../../etc"));
	assert_false(name_is_runbook_id("a b"));
	assert_false(name_is_runbook_id("a\n"));
	assert_false(name_is_runbook_id("\xc3\xa4"));
	memset(longest, 'a', sizeof(longest));
	longest[64] = '\0';
	assert_true(name_is_runbook_id(longest));
	longest[64] = 'a';
	longest[65] = '\0';
	assert_false(name_is_runbook_id(longest));
}

static void test_plain(void **state)
{
	char longest[130];

	(void)state;
	assert_true(name_is_plain("AOSService"));
	assert_true(name_is_plain("Größe 2 (neu)"));
	assert_true(name_is_plain("a..b"));
	assert_false(name_is_plain(""));
	assert_false(name_is_plain("."));
	assert_false(name_is_plain(".."));
	assert_false(name_is_plain("~root"));
	assert_false(name_is_plain("a/b"));
	assert_false(name_is_plain("a\\b"));
	assert_false(name_is_plain("a\tb"));
	assert_false(name_is_plain("a\x7f"));
	assert_false(name_is_plain("a\xc2\x9b"));
	memset(longest, 'a', sizeof(longest));
	longest[128] = '\0';
	assert_true(name_is_plain(longest));
	longest[128] = 'a';
	longest[129] = '\0';
	assert_false(name_is_plain(longest));
}

static void check_path(const char *file_name, const char *expected)
{
	CLEANUP_FREE char *path = name_script_path(file_name);

	if (expected) {
		assert_non_null(path);
		assert_string_equal(path, expected);
	} else {
		assert_null(path);
	}
}

static void test_script_path(void **state)
{
	(void)state;
	check_path("AutoStopAOS.ps1", "AutoStopAOS.ps1");
	check_path("Update\\AutoRunDVT.ps1", "Update/AutoRunDVT.ps1");
	check_path(".\\Upgrade//Core\\.\\x y.sh", "Upgrade/Core/x y.sh");
	check_path("a..b/c", "a..b/c");
	check_path("", NULL);
	check_path(".", NULL);
	check_path("/etc/passwd", NULL);
	check_path("\\\\server\\share\\x", NULL);
	check_path("\\x", NULL);
	check_path("c:x.ps1", NULL);
	check_path("C:\\x.ps1", NULL);
	check_path("..\\x.ps1", NULL);
	check_path("a/../../x", NULL);
	check_path("a\nb", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runbook_id),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_script_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
