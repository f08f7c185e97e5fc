// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/excerpt.h"
#include "runbook/base/fs.h"

static char folder[32];

static int make_folder(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/test-excerpt-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	return fs_remove_tree(folder, &err) ? 0 : -1;
}

static char *log_path(void)
{
	return fs_join(folder, "step.log");
}

static void assert_excerpt(const char *text, size_t length, unsigned lines, unsigned bytes, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf got = STRBUF_INIT;
	CLEANUP_FREE char *path = log_path();

	assert_true(fs_write_atomic(path, text, length, FS_MODE_FILE, &err));
	assert_true(excerpt_last_lines(path, lines, bytes, &got, &err));
	assert_string_equal(got.data, expected);
}

static void assert_lines(const char *text, unsigned lines, const char *expected)
{
	assert_excerpt(text, strlen(text), lines, 80, expected);
}

static void test_last_lines(void **state)
{
	(void)state;
	assert_lines("", 3, "");
	assert_lines("\n\n", 3, "");
	assert_lines("one", 3, "one\n");
	assert_lines("one\ntwo\n", 3, "one\ntwo\n");
	assert_lines("one\ntwo\nthree\nfour", 2, "three\nfour\n");
	assert_lines("one\n \t\r\n\ntwo\r\n\n", 2, "one\ntwo\n");
	assert_lines("\n\none\n", 2, "one\n");
	assert_lines("one\ntwo\n", 0, "");
}

static void test_long_lines_are_cut_between_characters(void **state)
{
	(void)state;
	assert_excerpt("abcdef\nabc\n", 11, 2, 3, "abc…\nabc\n");
	assert_excerpt("abä\n", 5, 1, 3, "ab…\n");
	assert_excerpt("\x80\x80\x80\x80\x80\n", 6, 1, 4, "\\x80…\n");
}

static void test_what_a_terminal_obeys_is_escaped(void **state)
{
	static const char nul[] = "a\0b\n";

	(void)state;
	assert_lines("\x1b[2J\x1b]0;title\x07", 1, "\\x1b[2J\\x1b]0;title\\x07\n");
	assert_lines("\x1b[1;31mred\x1b[0m\x1b[38:5:1m?\x1b[K\x1b[31", 1, "red?\\x1b[K\\x1b[31\n");
	assert_lines("a\rb", 1, "a\\x0db\n");
	assert_lines("\x7f\xc2\x85\xc2\x9b", 1, "\\x7f\\u{85}\\u{9b}\n");
	assert_lines("\xe2\x80\xaetxt.exe\xe2\x81\xa6", 1, "\\u{202e}txt.exe\\u{2066}\n");
	assert_lines("\xff\xc0\xaf\xed\xa0\x80", 1, "\\xff\\xc0\\xaf\\xed\\xa0\\x80\n");
	assert_lines("tab\tGrüße", 1, "tab\tGrüße\n");
	assert_excerpt(nul, sizeof(nul) - 1, 1, 80, "a\\x00b\n");
}

static void test_escape_keeps_lines(void **state)
{
	CLEANUP_STRBUF struct strbuf got = STRBUF_INIT;

	(void)state;
	excerpt_escape("a\n\tb\xe2\x80\xa8\x1b", 8, &got);
	assert_string_equal(got.data, "a\n\tb\\u{2028}\\x1b");
}

/* A log of 8 GiB, nearly all of it a hole: only its end may be read. */
static void test_huge_file(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf got = STRBUF_INIT;
	CLEANUP_FREE char *path = log_path();
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const off_t end = (off_t)8 << 30;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\nlast but one\nlast\n", 19, end), 19);
	assert_true(excerpt_last_lines(path, 2, 200, &got, &err));
	assert_string_equal(got.data, "last but one\nlast\n");
	strbuf_clear(&got);
	assert_int_equal(ftruncate(fd, end), 0);
	assert_true(excerpt_last_lines(path, 2, 3, &got, &err));
	assert_string_equal(got.data, "…\\x00\\x00\\x00\n");
}

/* One line longer than all that is read: its end is shown. */
static void test_endless_line(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++)
		strbuf_add_str(&text, "xä");
	strbuf_add_str(&text, "END");
	assert_excerpt(text.data, text.length, 5, 5, "…äEND\n");
	strbuf_add_str(&text, "\nline\n");
	assert_excerpt(text.data, text.length, 5, 4, "…END\nline\n");
	assert_excerpt(text.data, text.length, 1, 4, "line\n");
}

static void test_no_file(void **state)
{
	CLEANUP_STRBUF struct strbuf got = STRBUF_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;
	CLEANUP_ERROR struct error fifo = ERROR_INIT;
	CLEANUP_FREE char *path = fs_join(folder, "fifo");

	(void)state;
	assert_false(excerpt_last_lines("/nonexistent/step.log", 3, 80, &got, &missing));
	assert_int_equal(missing.code, ERROR_INPUT);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(excerpt_last_lines(path, 3, 80, &got, &fifo));
	assert_int_equal(fifo.code, ERROR_INPUT);
	assert_int_equal(got.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_lines),
		cmocka_unit_test(test_long_lines_are_cut_between_characters),
		cmocka_unit_test(test_what_a_terminal_obeys_is_escaped),
		cmocka_unit_test(test_escape_keeps_lines),
		cmocka_unit_test(test_huge_file),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
