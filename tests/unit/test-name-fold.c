// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "packages/name_fold.h"
#include "runbook/base/cleanup.h"

static bool are_same(const char *a, const char *b)
{
	CLEANUP_FREE char *key_a = name_fold(a);
	CLEANUP_FREE char *key_b = name_fold(b);

	return strcmp(key_a, key_b) == 0;
}

static void test_same(void **state)
{
	(void)state;
	assert_true(are_same("AutoStop.PS1", "autostop.ps1"));
	assert_true(are_same("ÄRGER", "ärger"));
	assert_true(are_same("\xc3\xa9", "e\xcc\x81"));                  /* é in one character or in two */
	assert_true(are_same("\xc3\x89", "e\xcc\x81"));                  /* É and e with an accent */
	assert_true(are_same("STRASSE", "straße"));                      /* as ext4 has it */
	assert_true(are_same("\xe2\x84\xaa", "k"));                      /* the sign for kelvin */
	assert_true(are_same("a\xcc\x81\xcc\xa7", "a\xcc\xa7\xcc\x81")); /* order of accents */
	assert_true(are_same("caf\xe9.TXT", "caf\xe9.txt"));             /* no UTF-8 */
}

static void test_different(void **state)
{
	(void)state;
	assert_false(are_same("a", "b"));
	assert_false(are_same("", "a"));
	assert_false(are_same("[", "{"));
	assert_false(are_same("e", "é"));
	assert_false(are_same("caf\xe9", "caf\xe8"));
	assert_false(are_same("\xef\xac\x81", "fl"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
