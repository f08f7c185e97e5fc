// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/failures.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

static const struct failure_end exit_one = { .exit_code = 1 };

static struct failure_finder *known_finder(void)
{
	struct failure_finder *finder = failure_finder_new();

	failure_finder_add_known(finder);
	return finder;
}

/* A log with that text; the caller removes and frees the path. */
static char *make_log(const char *text, size_t length)
{
	char *path = xstrdup("/tmp/test-failures-XXXXXX");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(fs_write_all(fd, text, length, path, &err));
	assert_int_equal(close(fd), 0);
	return path;
}

static void diagnose(struct failure_finder *finder, const char *text, const struct failure_end *end,
		     struct diagnosis *ret)
{
	CLEANUP_FREE char *path = make_log(text, strlen(text));

	failure_diagnose(finder, path, end, ret);
	assert_int_equal(unlink(path), 0);
}

/* Each line of tests/data/failures.txt: the code that is to be found, or -, and what a program really said. */
static void test_real_messages(void **state)
{
	CLEANUP_FREE char *path = fs_join(getenv("RUNBOOK_TEST_DATA"), "failures.txt");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRV struct strv lines = STRV_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct failure_finder *finder = known_finder();
	size_t wrong = 0;

	(void)state;
	assert_true(fs_read_file(path, 1 << 20, &text, &err));
	strv_split(&lines, text.data, "\n");
	assert_true(lines.count > 100);
	for (size_t i = 0; i < lines.count; i++) {
		char *line = strchr(lines.items[i], '\t');
		const struct failure *found = line ? failure_of_line(finder, line + 1, strlen(line + 1)) : NULL;
		size_t length = line ? (size_t)(line - lines.items[i]) : 0;
		const char *code = found ? found->code : "-";

		if (strlen(code) != length || memcmp(code, lines.items[i], length) != 0) {
			print_error("%s: found %s\n", lines.items[i], code);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	failure_finder_free(finder);
}

/* At least thirty, each with all its parts, and each pattern a regular expression. */
static void test_known_failures_are_whole(void **state)
{
	struct failure_finder *finder = failure_finder_new();

	(void)state;
	assert_true(failures_known_count >= 30);
	for (size_t i = 0; i < failures_known_count; i++) {
		const struct failure *failure = &failures_known[i];
		CLEANUP_ERROR struct error err = ERROR_INIT;

		if (!failure_finder_add(finder, failure, &err))
			fail_msg("%s", err.message);
		assert_true(*failure->code && *failure->cause && *failure->action);
		assert_true(*failure->patterns || failure->how != FAILS_BY_LINE);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(failures_known[j].code, failure->code);
	}
	failure_finder_free(finder);
}

static void test_the_last_matching_lines_count(void **state)
{
	struct failure_finder *finder = known_finder();
	struct diagnosis found;

	(void)state;
	diagnose(finder, "a: Permission denied\nb: No space left on device\nx\nc: No space left on device\r\nend\n",
		 &exit_one, &found);
	assert_non_null(found.failure);
	assert_string_equal(found.failure->code, "DiskFull");
	assert_int_equal(found.line_count, 2);
	assert_int_equal(found.lines[0].number, 2);
	assert_int_equal(found.lines[1].number, 4);
	assert_string_equal(found.lines[1].text, "c: No space left on device");
	diagnosis_release(&found);
	failure_finder_free(finder);
}

static void test_unknown_errors_are_shown(void **state)
{
	struct failure_finder *finder = known_finder();
	struct diagnosis found;

	(void)state;
	diagnose(finder, "fine\n\033[31mError\033[0m: the frobnicator is bent\n0 errors\nbye", &exit_one, &found);
	assert_null(found.failure);
	assert_int_equal(found.line_count, 1);
	assert_int_equal(found.lines[0].number, 2);
	assert_string_equal(found.lines[0].text, "Error: the frobnicator is bent");
	diagnosis_release(&found);
	failure_finder_free(finder);
}

static void test_exit_codes_and_signals(void **state)
{
	static const struct {
		struct failure_end end;
		const char *code;
	} cases[] = {
		{ { .exit_code = 126 }, "PermissionDenied" }, { { .exit_code = 127 }, "CommandMissing" },
		{ { .exit_code = 137 }, "Killed" },           { { -1, SIGKILL, false }, "KilledScript" },
		{ { -1, SIGSEGV, false }, "Crash" },          { { -1, SIGTERM, true }, "TimedOut" },
		{ { .exit_code = 124 }, "CommandTimedOut" },
	};
	struct failure_finder *finder = known_finder();
	struct diagnosis found;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		failure_diagnose(finder, NULL, &cases[i].end, &found);
		assert_non_null(found.failure);
		assert_string_equal(found.failure->code, cases[i].code);
		diagnosis_release(&found);
	}
	failure_diagnose(finder, NULL, &exit_one, &found);
	assert_null(found.failure);
	failure_finder_free(finder);
}

/* What a package says goes before what is built in; a pattern that is none does no harm to the others. */
static void test_own_failures_come_first(void **state)
{
	static const struct failure own = {
		.code = "Own", .patterns = "(unclosed\nspace left", .cause = "c", .action = "a"
	};
	struct failure_finder *finder = failure_finder_new();
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct diagnosis found;

	(void)state;
	assert_false(failure_finder_add(finder, &own, &err));
	assert_non_null(strstr(err.message, "Own: '(unclosed'"));
	failure_finder_add_known(finder);
	diagnose(finder, "x: No space left on device\n", &exit_one, &found);
	assert_string_equal(found.failure->code, "Own");
	diagnosis_release(&found);
	failure_finder_free(finder);
}

/* Of a long log only the end is judged, but lines are numbered from its beginning. */
static void test_long_log(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	struct failure_finder *finder = known_finder();
	struct diagnosis found;
	unsigned lines = 0;

	(void)state;
	strbuf_add_str(&text, "early: No space left on device\n");
	while (text.length < FAILURE_WINDOW_BYTES + 100000) {
		strbuf_addf(&text, "line %u of what went well\n", ++lines);
		if (lines % 1000 == 0)
			strbuf_add(&text, "\0\377\033\n", 4);
	}
	strbuf_add_str(&text, "x: Permission denied\n");
	{
		CLEANUP_FREE char *path = make_log(text.data, text.length);

		failure_diagnose(finder, path, &exit_one, &found);
		assert_int_equal(unlink(path), 0);
	}
	assert_string_equal(found.failure->code, "PermissionDenied");
	assert_int_equal(found.lines[0].number, 1 + lines + lines / 1000 + 1);
	diagnosis_release(&found);
	failure_finder_free(finder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_messages),
		cmocka_unit_test(test_known_failures_are_whole),
		cmocka_unit_test(test_the_last_matching_lines_count),
		cmocka_unit_test(test_unknown_errors_are_shown),
		cmocka_unit_test(test_exit_codes_and_signals),
		cmocka_unit_test(test_own_failures_come_first),
		cmocka_unit_test(test_long_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
