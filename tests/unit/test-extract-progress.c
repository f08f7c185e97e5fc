// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include "engine/extract_progress.h"

static const int64_t second_ns = 1000000000;

static void assert_bytes(uint64_t bytes, const char *expected)
{
	char text[EXTRACT_BYTES_SIZE];

	extract_bytes_format(bytes, text);
	assert_string_equal(text, expected);
}

static void test_bytes(void **state)
{
	(void)state;
	assert_bytes(0, "0 B");
	assert_bytes(999, "999 B");
	assert_bytes(1024, "1.0 KiB");
	assert_bytes(1229, "1.2 KiB");
	assert_bytes(UINT64_C(310) << 20, "310 MiB");
	assert_bytes(UINT64_MAX, "16777216 TiB");
}

static void assert_line(struct extract_progress progress, int64_t elapsed_ns, const char *expected)
{
	char text[EXTRACT_PROGRESS_SIZE];

	extract_progress_format(&progress, elapsed_ns, text);
	assert_string_equal(text, expected);
}

static void test_line(void **state)
{
	(void)state;
	assert_line((struct extract_progress){ 12, 200 << 20, 25, 100 }, 2 * second_ns,
		    "25 %, 200 MiB in 12 files, 100 MiB/s, 7 s left");
	assert_line((struct extract_progress){ 12, 200 << 20, 0, 0 }, 2 * second_ns, "200 MiB in 12 files, 100 MiB/s");
	assert_line((struct extract_progress){ 0, 0, 0, 100 }, 0, "0 B in 0 files, 0 B/s");
	assert_line((struct extract_progress){ 1, 1, 101, 100 }, second_ns, "1 B in 1 files, 1 B/s");
}

/* Where nobody looks, nothing is written. */
static void test_not_on_a_terminal(void **state)
{
	struct extract_progress_line line = extract_progress_begin(true);

	(void)state;
	assert_false(line.enabled);
	line.started_ns = 0;
	extract_progress_show(&line, &(struct extract_progress){ 1, 1, 1, 1 });
	assert_false(line.shown);
	extract_progress_end(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_not_on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
