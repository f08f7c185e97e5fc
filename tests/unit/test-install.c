// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "engine/install_package.h"
#include "runbook/base/alloc.h"
#include "runbook/names.h"

static void assert_name(const char *package, const char *expected)
{
	CLEANUP_FREE char *name = install_name(package);

	assert_string_equal(name, expected);
	assert_true(name_is_runbook_id(name));
}

static void test_names_of_packages(void **state)
{
	assert_name("shop.zip", "shop");
	assert_name("/srv/packages/Shop 1.0.TAR.GZ", "Shop-1.0");
	assert_name("shop.tar", "shop");
	assert_name("module.1.2.nupkg", "module.1.2");
	assert_name("folder/inner/", "inner");
	assert_name("folder/./inner/../other", "other");
	assert_name("no-ending", "no-ending");
	assert_name(".hidden.7z", "hidden");
	assert_name("--x__", "x__");
	assert_name("a(b)&c", "a-b--c");
}

static void test_names_that_are_none(void **state)
{
	assert_name("/", "package");
	assert_name("...", "package");
	assert_name("\xc3\xbc\xc3\xb6", "package");
	assert_name(".zip", "zip");
}

static void test_long_names_leave_room_for_a_digest(void **state)
{
	char text[200];
	CLEANUP_FREE char *name = NULL;
	CLEANUP_FREE char *id = NULL;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	name = install_name(text);
	id = xasprintf("%s-12345678-dev", name);
	assert_true(name_is_runbook_id(id));
	assert_int_equal(strlen(name), 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_packages),
		cmocka_unit_test(test_names_that_are_none),
		cmocka_unit_test(test_long_names_leave_room_for_a_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
