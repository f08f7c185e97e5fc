// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include "runbook/version.h"

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void test_order(void **state)
{
	/* Each less than the next. */
	static const char *const versions[] = { "0",
						"0.0.1",
						"0.9",
						"0.10",
						"1",
						"1.0.0.1",
						"1.9.999",
						"2.0",
						"7.0.484",
						"10.0.9",
						"10.0.1000",
						"99999999999999999999.1",
						"100000000000000000000" };
	enum { COUNT = sizeof(versions) / sizeof(*versions) };
	int order;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		for (int j = 0; j < COUNT; j++) {
			assert_true(version_compare(versions[i], versions[j], &order));
			assert_int_equal(sign(order), sign(i - j));
		}
	}
}

static void test_equal(void **state)
{
	static const char *const pairs[][2] = {
		{ "1", "1.0.0" }, { "01.002", "1.2" }, { "0", "0.0" }, { "7.0.4841.0", "7.0.4841" }, { "000", "0" }
	};
	int order;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_true(version_compare(pairs[i][0], pairs[i][1], &order));
		assert_int_equal(order, 0);
		assert_true(version_compare(pairs[i][1], pairs[i][0], &order));
		assert_int_equal(order, 0);
	}
}

static void test_no_versions(void **state)
{
	static const char *const texts[] = { "", ".", "1.", ".1", "1..2", "1.x", "v1", " 1", "1 ", "-1", "1.0-rc1" };
	int order = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(version_compare(texts[i], "1", &order));
		assert_false(version_compare("1", texts[i], &order));
	}
	assert_int_equal(order, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_no_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
