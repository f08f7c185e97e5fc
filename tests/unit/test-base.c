// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/base/utf8.h"

static void test_strbuf(void **state)
{
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	(void)state;
	assert_string_equal(sb.data, "");
	strbuf_addf(&sb, "  %d+%s", 12, "ab ");
	strbuf_trim(&sb);
	assert_string_equal(sb.data, "12+ab");
	strbuf_clear(&sb);
	for (int i = 0; i < 1000; i++)
		strbuf_add_char(&sb, 'x');
	assert_int_equal(sb.length, 1000);
	assert_int_equal(strlen(sb.data), 1000);
}

static void test_strv(void **state)
{
	CLEANUP_STRV struct strv sv = STRV_INIT;

	(void)state;
	strv_split(&sv, ",a,,Bc,", ",");
	assert_int_equal(sv.count, 2);
	assert_string_equal(sv.items[1], "Bc");
	assert_null(sv.items[2]);
	assert_true(strv_contains_nocase(&sv, "bC"));
	assert_false(strv_contains_nocase(&sv, "b"));
}

static void test_clock_round_trip(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t ns;

	(void)state;
	assert_true(clock_parse_utc("2015-08-26T23:55:07.9930982+00:00", &ns));
	clock_format_utc(ns, text);
	assert_string_equal(text, "2015-08-26T23:55:07.9930982+00:00");
	assert_true(clock_parse_utc("2021-12-06T04:37:51.2204006-08:00", &ns));
	clock_format_utc(ns, text);
	assert_string_equal(text, "2021-12-06T12:37:51.2204006+00:00");
	clock_format_stamp(ns, text);
	assert_string_equal(text, "2021-12-06--12-37-51");
	clock_format_plain(ns, text);
	assert_string_equal(text, "2021-12-06 12:37:51 UTC");
	assert_false(clock_parse_utc(CLOCK_TEXT_MIN, &ns));
	assert_false(clock_parse_utc(CLOCK_TEXT_MAX, &ns));
	assert_false(clock_parse_utc("2021-12-06T04:37:51+1", &ns));
	assert_false(clock_parse_utc("yesterday", &ns));
}

static void test_clock_duration(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format_duration(-5, text);
	assert_string_equal(text, "0.0 s");
	clock_format_duration(INT64_C(185) * 1000000000, text);
	assert_string_equal(text, "3 min 05 s");
	clock_format_duration(INT64_C(7620) * 1000000000, text);
	assert_string_equal(text, "2 h 07 min");
}

static void test_problems_are_reported_together(void **state)
{
	CLEANUP_PROBLEMS struct problem_list list = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_true(problem_list_none(&list, ERROR_INPUT, &err));
	problem_add(&list, "a.xml", 7, "no %s", "name");
	problem_add(&list, NULL, 0, "no steps");
	assert_false(problem_list_none(&list, ERROR_INPUT, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.message, "a.xml:7: no name\nno steps");
}

static void test_what_cannot_be_read_is_no_bad_input(void **state)
{
	CLEANUP_PROBLEMS struct problem_list list = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error problem = ERROR_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	(void)error_set(&problem, ERROR_INPUT, "not a regular file");
	problem_add_error(&list, "a.xml", 0, &problem);
	assert_false(problem_list_none(&list, ERROR_REFUSED, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	error_release(&err);
	error_release(&problem);
	(void)error_set_errno(&problem, EIO, "cannot be read");
	problem_add_error(&list, "b.xml", 0, &problem);
	assert_false(problem_list_none(&list, ERROR_INPUT, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_string_equal(err.message, "a.xml: not a regular file\nb.xml: cannot be read: Input/output error");
}

static void test_absolute(void **state)
{
	static const char *const cases[][2] = {
		{ "/a/./b//../c/", "/a/c" },
		{ "/../..", "/" },
		{ "/a/b/../../../d", "/d" },
		{ "/", "/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *path = fs_absolute(cases[i][0]);

		assert_string_equal(path, cases[i][1]);
	}
}

static void make_temporary_folder(char path[static 32])
{
	(void)strcpy(path, "/tmp/test-base-XXXXXX");
	assert_non_null(mkdtemp(path));
}

static void test_files(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char folder[32];
	CLEANUP_FREE char *deep = NULL;
	CLEANUP_FREE char *path = NULL;

	(void)state;
	make_temporary_folder(folder);
	deep = fs_join(folder, "x/y/z");
	path = fs_join(deep, "file");
	assert_true(fs_make_folders(deep, FS_MODE_FOLDER, &err));
	assert_true(fs_write_atomic(path, "one", 3, FS_MODE_FILE, &err));
	assert_true(fs_write_atomic(path, "two!", 4, FS_MODE_FILE, &err));
	assert_true(fs_read_file(path, 4, &text, &err));
	assert_string_equal(text.data, "two!");
	assert_false(fs_read_file(path, 3, &text, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	error_release(&err);
	assert_false(fs_read_file(deep, 100, &text, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	error_release(&err);
	assert_true(fs_remove_tree(folder, &err));
	assert_int_equal(access(folder, F_OK), -1);
	assert_true(fs_remove_tree(folder, &err));
}

static void test_atomic_without_commit_leaves_the_old_file(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char folder[32];
	CLEANUP_FREE char *path = NULL;
	struct fs_atomic file = FS_ATOMIC_INIT;

	(void)state;
	make_temporary_folder(folder);
	path = fs_join(folder, "file");
	assert_true(fs_write_atomic(path, "old", 3, FS_MODE_FILE, &err));
	assert_true(fs_atomic_open(&file, path, FS_MODE_FILE, &err));
	assert_true(fs_write_all(file.fd, "new", 3, path, &err));
	fs_atomic_release(&file);
	assert_true(fs_read_file(path, 100, &text, &err));
	assert_string_equal(text.data, "old");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0); /* the temporary file is gone */
}

static void test_path_of_others_is_refused_as_root(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char folder[32];
	CLEANUP_FREE char *inside = NULL;

	(void)state;
	if (geteuid() != 0)
		skip();
	make_temporary_folder(folder);
	inside = fs_join(folder, "not/there/yet");
	assert_true(fs_check_owned_path(inside, "ledger", &err)); /* below /tmp, which has the sticky bit */
	assert_int_equal(chmod(folder, 0777), 0);
	assert_false(fs_check_owned_path(inside, "ledger", &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	error_release(&err);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chown(folder, 12345, 0), 0);
	assert_false(fs_check_owned_path(folder, "ledger", &err));
	assert_non_null(strstr(err.message, "user 12345"));
	assert_int_equal(rmdir(folder), 0);
}

static void test_utf8_round_trip(void **state)
{
	static const uint32_t edges[] = { 1, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff };

	(void)state;
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		char text[4];
		size_t length = utf8_encode(edges[i], text);
		uint32_t character = 0;

		assert_int_equal(utf8_decode(text, length, &character), length);
		assert_int_equal(character, edges[i]);
		for (size_t cut = 1; cut < length; cut++) {
			assert_int_equal(utf8_decode(text, cut, &character), 0);
			assert_true(utf8_is_cut(text, cut));
		}
		assert_false(utf8_is_cut(text, length));
	}
}

static void test_utf8_refuses(void **state)
{
	static const char *const bad[] = { "\x80",
					   "\xc0\xaf",
					   "\xc1\xbf",
					   "\xe0\x80\x80",
					   "\xed\xa0\x80",
					   "\xf4\x90\x80\x80",
					   "\xf8\x88\x80\x80\x80",
					   "\xc3(",
					   "\xff" };
	uint32_t character;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &character), 0);
	assert_false(utf8_is_cut("\xc3(", 2));
	assert_false(utf8_is_cut("a", 1));
}

/* Each place of a bad byte against each length around the block size. */
static void test_utf8_prefix(void **state)
{
	char text[100];

	(void)state;
	for (size_t length = 0; length < sizeof(text); length++) {
		memset(text, 'a', sizeof(text));
		assert_int_equal(utf8_valid_prefix(text, length), length);
		for (size_t at = 0; at < length; at++) {
			text[at] = '\0';
			assert_int_equal(utf8_valid_prefix(text, length), at);
			text[at] = '\xff';
			assert_int_equal(utf8_valid_prefix(text, length), at);
			text[at] = '\x7f';
			assert_int_equal(utf8_valid_prefix(text, length), length);
			text[at] = 'a';
		}
	}
	assert_int_equal(utf8_valid_prefix("0123456789012345678901234567890\xc3\xa4", 33), 33);
	assert_int_equal(utf8_valid_prefix("0123456789012345678901234567890\xc3\xa4", 32), 31);
}

static void test_visible(void **state)
{
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_add_visible(&sb, "a\\b\n\x1b[31m\xc2\x9b\xe2\x80\xaex\xff ä", 100);
	assert_string_equal(sb.data, "a\\b\\x0a\\x1b[31m\\u{9b}\\u{202e}x\\xff ä");
	strbuf_clear(&sb);
	strbuf_add_visible(&sb, "abcdef", 3);
	assert_string_equal(sb.data, "abc…");
}

static void test_visible_bytes(void **state)
{
	static const char text[] = "a\tb\n\0\x1b\r\xc3";
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_add_visible_bytes(&sb, text, sizeof(text) - 1, "\n\t");
	assert_string_equal(sb.data, "a\tb\n\\x00\\x1b\\x0d\\xc3");
	strbuf_clear(&sb);
	strbuf_add_visible_bytes(&sb, text, 4, "");
	assert_string_equal(sb.data, "a\\x09b\\x0a");
}

static void test_pages(void **state)
{
	CLEANUP_FREE char *memory = xmalloc_pages(10000);

	(void)state;
	assert_int_equal((uintptr_t)memory % 4096, 0);
	memset(memory, 'x', 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strbuf),
		cmocka_unit_test(test_strv),
		cmocka_unit_test(test_clock_round_trip),
		cmocka_unit_test(test_clock_duration),
		cmocka_unit_test(test_problems_are_reported_together),
		cmocka_unit_test(test_what_cannot_be_read_is_no_bad_input),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_atomic_without_commit_leaves_the_old_file),
		cmocka_unit_test(test_path_of_others_is_refused_as_root),
		cmocka_unit_test(test_utf8_round_trip),
		cmocka_unit_test(test_utf8_refuses),
		cmocka_unit_test(test_utf8_prefix),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_visible_bytes),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
