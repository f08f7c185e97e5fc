// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/log_file.h"
#include "runbook/base/fs.h"

/* 2020-08-07 12:40:34 UTC */
static const int64_t stamp_ns = INT64_C(1596804034) * 1000000000;

static void check(const struct log_file *file, const char *expected)
{
	struct stat here, there;

	assert_string_equal(file->path, expected);
	assert_int_equal(lstat(file->path, &there), 0);
	assert_int_equal(fstat(file->fd, &here), 0);
	assert_true(here.st_ino == there.st_ino);
	assert_int_equal(here.st_mode & 07777, 0600);
	assert_int_equal(fcntl(file->fd, F_GETFL) & (O_APPEND | O_ACCMODE), O_APPEND | O_WRONLY);
	assert_int_equal(fcntl(file->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void create(const char *folder, const char *expected_name)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *expected = fs_join(folder, expected_name);
	CLEANUP(log_file_release) struct log_file file = LOG_FILE_INIT;

	assert_true(log_file_place(&file, folder, "AutoUpdateDIXFService.sh", stamp_ns, &err));
	check(&file, expected);
}

/* Before its name is known, and again afterwards. */
static void open_and_place(const char *folder, const char *expected_name)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *expected = fs_join(folder, expected_name);
	CLEANUP_FREE char *reserved = fs_join(folder, "reserved");
	CLEANUP(log_file_release) struct log_file file = LOG_FILE_INIT;

	assert_true(log_file_open(reserved, &file, &err));
	check(&file, reserved);
	assert_int_equal(write(file.fd, "new", 3), 3);
	assert_true(log_file_place(&file, folder, "AutoUpdateDIXFService.sh", stamp_ns, &err));
	check(&file, expected);
	assert_int_equal(access(reserved, F_OK), -1);
	log_file_release(&file);
	assert_true(log_file_open(expected, &file, &err));
	check(&file, expected);
	assert_int_equal(lseek(file.fd, 0, SEEK_END), 3);
}

static void test_names(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char folder[] = "/tmp/test-log-file-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	create(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.log");
	create(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.2.log");
	create(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.3.log");
	open_and_place(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.4.log");
	open_and_place(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.5.log");
	assert_true(fs_remove_tree(folder, &err));
}

/* Somebody planted a link where the log is to be: it is neither followed nor replaced. */
static void test_a_planted_link_is_not_followed(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char folder[] = "/tmp/test-log-file-XXXXXX";
	CLEANUP_FREE char *name = NULL;
	CLEANUP_FREE char *victim = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	name = fs_join(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.log");
	victim = fs_join(folder, "victim");
	assert_int_equal(symlink("victim", name), 0);
	create(folder, "AutoUpdateDIXFService.sh-2020-08-07--12-40-34.2.log");
	assert_int_equal(access(victim, F_OK), -1);
	assert_true(fs_remove_tree(folder, &err));
}

static void test_missing_folder(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct log_file file = LOG_FILE_INIT;

	(void)state;
	assert_false(log_file_place(&file, "/nonexistent", "x.sh", stamp_ns, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_non_null(strstr(err.message, "/nonexistent/x.sh-"));
	assert_null(file.path);
	assert_int_equal(file.fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_a_planted_link_is_not_followed),
		cmocka_unit_test(test_missing_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
