// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include "runbook/base/cleanup.h"
#include "runbook/base/relative_path.h"

static void test_normalised(void **state)
{
	static const char *const cases[][2] = {
		{ "a", "a" },
		{ "Scripts\\Update\\AutoRun DVT.ps1", "Scripts/Update/AutoRun DVT.ps1" },
		{ "./a//b/./c/", "a/b/c" },
		{ "a\\.\\b\\\\", "a/b" },
		{ "..a/b../...", "..a/b../..." },
		{ "1:x", "1:x" },
		{ "größe", "größe" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *path = NULL;

		assert_null(relative_path_normalise(cases[i][0], &path));
		assert_string_equal(path, cases[i][1]);
	}
}

static void test_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "", "is empty" },
		{ ".", "is empty" },
		{ ".\\.", "is empty" },
		{ "/etc/passwd", "is absolute" },
		{ "\\\\host\\share\\x", "is absolute" },
		{ "\\\\?\\C:\\x", "is absolute" },
		{ "C:\\x", "has a drive letter" },
		{ "z:x", "has a drive letter" },
		{ "..", "leaves its folder" },
		{ "a/../b", "leaves its folder" },
		{ "a\\..\\..\\b", "leaves its folder" },
		{ "a\nb", "holds a control character" },
		{ "a\x7f", "holds a control character" },
		{ "a\xc2\x85", "holds a control character" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = NULL;

		assert_string_equal(relative_path_normalise(cases[i][0], &path), cases[i][1]);
		assert_null(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalised),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
