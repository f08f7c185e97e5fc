// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/digest_list.h"
#include "packages/private_copy.h"
#include "packages/signature_record.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static int set_up(void **state)
{
	char path[] = "/tmp/test-record-XXXXXX";

	assert_non_null(mkdtemp(path));
	*state = xstrdup(path);
	return 0;
}

static int tear_down(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_remove_tree(*state, &err));
	free(*state);
	return 0;
}

static void write_file(const char *folder, const char *name, const char *text)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_write_atomic(path, text, strlen(text), 0644, &err));
}

static void write_record(const char *folder)
{
	CLEANUP_SIGNATURE struct signature signature = { .signer = xstrdup("CN = Shop"),
							 .fingerprint = "f1",
							 .archive_sha256 = "a1" };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(signature_record_write(folder, "shop\n.zip", &signature, &err));
}

static void must_find(const char *root)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool found = false;

	assert_true(signature_record_load(root, &record, &found, &err));
	assert_true(found);
	assert_string_equal(record.archive, "shop"); /* a line is a line */
	assert_string_equal(record.signer, "CN = Shop");
	assert_string_equal(record.fingerprint, "f1");
	assert_string_equal(record.archive_sha256, "a1");
	assert_int_equal(strlen(record.checked), strlen("2026-01-01T00:00:00.0000000+00:00"));
}

static void must_refuse(const char *root)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool found = false;

	assert_false(signature_record_load(root, &record, &found, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
}

static void must_be_none(const char *root)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool found = true;

	assert_true(signature_record_load(root, &record, &found, &err));
	assert_false(found);
}

static void test_record(void **state)
{
	const char *folder = *state;

	must_be_none(folder);
	write_file(folder, DIGEST_LIST_NAME, "the list");
	must_be_none(folder);
	write_record(folder);
	must_find(folder);
}

static void test_record_of_another_list(void **state)
{
	const char *folder = *state;

	write_record(folder); /* there is no list, and it says so */
	must_find(folder);
	write_file(folder, DIGEST_LIST_NAME, "the list");
	must_refuse(folder);
	write_record(folder);
	must_find(folder);
	write_file(folder, DIGEST_LIST_NAME, "another list");
	must_refuse(folder);
}

static void test_damaged_record(void **state)
{
	write_file(*state, SIGNATURE_RECORD_NAME, "");
	must_refuse(*state);
	write_file(*state, SIGNATURE_RECORD_NAME, "# runbook signature 1\nsigner=me\ndigests-sha256=\n");
	must_refuse(*state);
}

/* The package root may be a folder in what was extracted. */
static void test_record_above_the_root(void **state)
{
	const char *folder = *state;
	CLEANUP_FREE char *inner = fs_join(folder, "shop-1.0");

	assert_int_equal(mkdir(inner, 0755), 0);
	write_file(folder, DIGEST_LIST_NAME, "the list");
	write_record(folder);
	must_find(inner);
	/* One that was extracted by itself, below another one. */
	write_file(inner, DIGEST_LIST_NAME, "its own");
	must_be_none(inner);
}

/* ---- Private copies --------------------------------------------------------------------------------------------- */

static void test_own_file_is_not_copied(void **state)
{
	CLEANUP_FREE char *path = fs_join(*state, "archive");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = -1;
	struct stat before;
	struct stat after;

	write_file(*state, "archive", "content");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &before), 0);
	assert_true(private_copy(&fd, path, *state, &err));
	assert_int_equal(fstat(fd, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

/* What is written to the file after that does not reach the copy. */
static void test_shared_file_is_copied(void **state)
{
	CLEANUP_FREE char *path = fs_join(*state, "archive");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = -1;
	char content[16] = "";
	struct stat st;

	write_file(*state, "archive", "content");
	assert_int_equal(chmod(path, 0666), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(private_copy(&fd, path, *state, &err));
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(pread(fd, content, sizeof(content), 0), 7);
	assert_string_equal(content, "content");
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 077, 0);
}

static void test_no_room_for_a_copy(void **state)
{
	CLEANUP_FREE char *path = fs_join(*state, "archive");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = -1;

	write_file(*state, "archive", "content");
	assert_int_equal(chmod(path, 0666), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_false(private_copy(&fd, path, "/nonexistent", &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_non_null(strstr(err.message, "cannot make a private copy"));
}

int main(void)
{
#define IN_PLACE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_record),
		IN_PLACE(test_record_of_another_list),
		IN_PLACE(test_damaged_record),
		IN_PLACE(test_record_above_the_root),
		IN_PLACE(test_own_file_is_not_copied),
		IN_PLACE(test_shared_file_is_copied),
		IN_PLACE(test_no_room_for_a_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
