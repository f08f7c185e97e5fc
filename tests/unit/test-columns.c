// SPDX-License-Identifier: MIT
/*
 * Text on a terminal: wide, combining and ill-formed characters, and what is cut.
 */
#include "tests/unit/unit.h"

#include <locale.h>
#include <string.h>

#include "runbook/base/columns.h"

static void test_width(void **state)
{
	assert_int_equal(columns_of(""), 0);
	assert_int_equal(columns_of("step"), 4);
	assert_int_equal(columns_of("Größe…"), 6);
	assert_int_equal(columns_of("日本"), 4);
	assert_int_equal(columns_of("e\u0301"), 1);
	assert_int_equal(columns_of("\xff\xc3"), 2);
}

static void test_prefix(void **state)
{
	assert_int_equal(columns_prefix("step", 9), 4);
	assert_int_equal(columns_prefix("step", 2), 2);
	assert_int_equal(columns_prefix("日本", 3), 3);
	assert_int_equal(columns_prefix("日本", 1), 0);
	assert_int_equal(columns_prefix("e\u0301x", 1), 3);
}

static void assert_fitted(const char *text, size_t columns, const char *expected)
{
	CLEANUP_STRBUF struct strbuf fitted = STRBUF_INIT;

	columns_add_fitted(&fitted, text, columns);
	assert_string_equal(fitted.data, expected);
	assert_true(columns_of(fitted.data) <= columns);
}

static void test_fitted(void **state)
{
	assert_fitted("step", 4, "step");
	assert_fitted("step", 3, "st…");
	assert_fitted("step", 1, "…");
	assert_fitted("step", 0, "");
	assert_fitted("日本語", 5, "日本…");
	assert_fitted("日本語", 4, "日…");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_fitted),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
