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

static void create(const char *folder, const char *expected_name)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *expected = fs_join(folder, expected_name);
	struct log_file file;
	struct stat st;

	assert_true(log_file_create(folder, "AutoUpdateDIXFService.sh", stamp_ns, &file, &err));
	assert_string_equal(file.path, expected);
	assert_int_equal(stat(file.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fcntl(file.fd, F_GETFL) & (O_APPEND | O_ACCMODE), O_APPEND | O_WRONLY);
	assert_int_equal(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	free(file.path);
	assert_int_equal(close(file.fd), 0);
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
	struct log_file file = { NULL, -1 };

	(void)state;
	assert_false(log_file_create("/nonexistent", "x.sh", stamp_ns, &file, &err));
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
