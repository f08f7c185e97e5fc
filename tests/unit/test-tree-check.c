// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/tree_check.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static const char of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static char top[32];
static int tree_fd;
static int reports[2];
static struct report_writer writer;

static void add_file(const char *path)
{
	const int fd = openat(tree_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(close(fd), 0);
}

static void tell(const char *path, uint64_t size_bytes, bool executable)
{
	struct report_file file = { .size_bytes = size_bytes, .executable = executable };

	(void)memcpy(file.digest, of_nothing, sizeof(file.digest));
	assert_true(report_file(&writer, path, &file));
}

/* A tree of two files, told as it is. */
static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-tree-check-XXXXXX");
	if (!mkdtemp(top) || pipe2(reports, O_CLOEXEC) < 0)
		return -1;
	tree_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	writer = (struct report_writer){ .fd = reports[1] };
	assert_int_equal(mkdirat(tree_fd, "folder", 0700), 0);
	add_file("folder/b");
	add_file("a");
	tell("folder/b", 3, true);
	tell("a", 3, false);
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	(void)close(tree_fd);
	(void)close(reports[0]);
	return fs_remove_tree(top, &err) ? 0 : -1;
}

/* Reads what was told, `piece` bytes at a time. */
static bool hear(struct report_reader *reader, size_t piece, struct error *err)
{
	char bytes[4096];
	ssize_t got;

	report_reader_init(reader, 10);
	assert_true(report_flush(&writer));
	assert_int_equal(close(reports[1]), 0);
	while ((got = read(reports[0], bytes, piece)) > 0)
		if (!report_reader_add(reader, bytes, (size_t)got, err))
			return false;
	return report_reader_finish(reader, err);
}

static void assert_refused(const char *words)
{
	CLEANUP(report_reader_release) struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct tree_count count;

	assert_false(hear(&reader, sizeof(writer.buffer), &err) && tree_check(tree_fd, &reader, 2, &count, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	if (!strstr(err.message, words))
		fail_msg("not '%s' but: %s", words, err.message);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(tree_fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void test_as_told(void **state)
{
	CLEANUP(report_reader_release) struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct tree_count count;

	(void)state;
	assert_true(report_format(&writer, "zip"));
	assert_true(hear(&reader, 1, &err));
	assert_string_equal(reader.format, "zip");
	assert_string_equal(reader.files[0].path, "a");
	assert_string_equal(reader.files[1].digest, of_nothing);
	assert_true(tree_check(tree_fd, &reader, 2, &count, &err));
	assert_int_equal(count.files, 2);
	assert_int_equal(count.folders, 1);
	assert_int_equal(count.bytes, 6);
	assert_int_equal(mode_of("a"), 0644);
	assert_int_equal(mode_of("folder"), 0755);
	assert_int_equal(mode_of("folder/b"), 0755);
}

static void test_not_as_told(void **state)
{
	(void)state;
	add_file("c");
	assert_refused("entry \"c\": was written without being reported");
}

static void test_missing(void **state)
{
	(void)state;
	tell("c", 0, false);
	assert_refused("are missing");
}

static void test_other_size(void **state)
{
	(void)state;
	add_file("c");
	tell("c", 4, false);
	assert_refused("entry \"c\": is not as it was reported");
}

static void test_told_twice(void **state)
{
	(void)state;
	tell("a", 3, false);
	assert_refused("reports nonsense");
}

static void test_too_many(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		CLEANUP_FREE char *path = xasprintf("%d", i);

		tell(path, 0, false);
	}
	assert_refused("reports nonsense");
}

static void test_link(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("/etc", tree_fd, "folder/link"), 0);
	assert_refused("entry \"folder/link\": is neither a file nor a folder");
}

static void test_second_name(void **state)
{
	(void)state;
	assert_int_equal(linkat(tree_fd, "a", tree_fd, "c", 0), 0);
	tell("c", 3, false);
	assert_refused("has more than one name");
}

static void test_set_id(void **state)
{
	(void)state;
	assert_int_equal(fchmodat(tree_fd, "a", 04755, 0), 0);
	assert_refused("entry \"a\": has an owner or a mode that it should not have");
}

static void test_name(void **state)
{
	(void)state;
	add_file("\x1b[2J");
	tell("\x1b[2J", 3, false);
	assert_refused("entry \"\\x1b[2J\": its name holds a control character");
}

static void test_depth(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(tree_fd, "folder/2", 0700), 0);
	assert_int_equal(mkdirat(tree_fd, "folder/2/3", 0700), 0);
	assert_refused("lies too deep");
}

static void test_nonsense(void **state)
{
	char bytes[200];

	(void)state;
	(void)memset(bytes, 0xff, sizeof(bytes));
	assert_true(report_flush(&writer));
	assert_int_equal(write(reports[1], bytes, sizeof(bytes)), sizeof(bytes));
	assert_refused("reports nonsense");
}

static void test_cut_off(void **state)
{
	(void)state;
	assert_true(report_flush(&writer));
	assert_int_equal(write(reports[1], "begin", 5), 5);
	assert_refused("reports nonsense");
}

/* What a taken-over process says is shown to a human, and its code decides what the program returns. */
static void test_errors(void **state)
{
	CLEANUP(report_reader_release) struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error late = ERROR_INIT;
	CLEANUP_ERROR struct error early = ERROR_INIT;

	(void)state;
	(void)error_set(&late, ERROR_INPUT, "late");
	(void)error_set(&early, ERROR_UNKNOWN, "early \x1b[2J");
	assert_true(report_error(&writer, 7, &late) && report_error(&writer, 3, &early) &&
		    report_error(&writer, 9, &late));
	assert_true(hear(&reader, 7, &err));
	assert_string_equal(reader.error.message, "early \\x1b[2J");
	assert_int_equal(reader.error.code, ERROR_REFUSED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_as_told),    TEST(test_not_as_told), TEST(test_missing), TEST(test_other_size),
		TEST(test_told_twice), TEST(test_too_many),    TEST(test_link),    TEST(test_second_name),
		TEST(test_set_id),     TEST(test_name),        TEST(test_depth),   TEST(test_nonsense),
		TEST(test_cut_off),    TEST(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
