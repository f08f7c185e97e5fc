// SPDX-License-Identifier: MIT
/*
 * The files of a package root as they were at import.
 */
#include "tests/unit/ledger_acts.h"

#include <sys/stat.h>
#include <unistd.h>

#include "steps/root_files.h"

#define DIGEST_OF_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void put_file(const char *folder, const char *name, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *path = fs_join(folder, name);
	CLEANUP_FREE char *parent = fs_folder_of(path);

	assert_fine(fs_make_folders(parent, FS_MODE_FOLDER, &err), &err);
	assert_fine(fs_write_atomic(path, text, strlen(text), FS_MODE_FILE, &err), &err);
}

/* The service model of the fixture's steps in another case, with what belongs to it and what does not. */
static void make_package(struct fixture *fixture, struct package_root *ret)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *folder = fs_join(fixture->folder, "package");
	CLEANUP_FREE char *link = fs_join(folder, "aosservice/link");
	CLEANUP_FREE char *fifo = fs_join(folder, "aosservice/fifo");

	put_file(folder, "aosservice/Scripts/stop.sh", "exit 0\n");
	put_file(folder, "aosservice/Payload/deep/app.bin", "");
	put_file(folder, "aosservice/a\\b", "no name for a runbook");
	put_file(folder, "Other/Scripts/file", "of a service model that is not in the runbook");
	put_file(folder, "Backup/file", "of no service model");
	put_file(folder, "notes.txt", "beside them");
	assert_int_equal(symlink("../notes.txt", link), 0);
	assert_int_equal(mkfifo(fifo, FS_MODE_FILE), 0);
	assert_fine(package_root_open(folder, ret, &err), &err);
}

static void record(struct fixture *fixture, const struct package_root *root, bool *ret_listed)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;

	assert_fine(root_files_read(root, &list, &err), &err);
	*ret_listed = list == NULL;
	if (list)
		assert_fine(root_files_record(fixture->ledger, fixture->runbook, list, &err), &err);
}

static void test_files_of_the_service_models(void **state)
{
	CLEANUP(package_root_release) struct package_root root = PACKAGE_ROOT_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	struct fixture *fixture = *state;
	bool listed;

	make_package(fixture, &root);
	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_fine(ledger_root_files(fixture->ledger, fixture->runbook, &list, &err), &err);
	assert_null(list);
	record(fixture, &root, &listed);
	assert_false(listed);
	assert_fine(ledger_root_files(fixture->ledger, fixture->runbook, &list, &err), &err);
	assert_int_equal(digest_list_count(list), 2);
	assert_string_equal(digest_list_find(list, "aosservice/Payload/deep/app.bin"), DIGEST_OF_EMPTY);
	assert_non_null(digest_list_find(list, "aosservice/Scripts/stop.sh"));
	assert_true(fixture_start(fixture, 1, &err));
	assert_refused(root_files_record(fixture->ledger, fixture->runbook, list, &err), &err, ERROR_REFUSED,
		       "recorded at import");
}

static void test_a_list_of_its_own(void **state)
{
	CLEANUP(package_root_release) struct package_root root = PACKAGE_ROOT_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct fixture *fixture = *state;
	bool listed;

	make_package(fixture, &root);
	put_file(root.path, DIGEST_LIST_NAME, "# runbook digests 1\n# end 0\n");
	fixture_add_runbook(fixture, "AX7", 1, NULL);
	record(fixture, &root, &listed);
	assert_true(listed);
	put_file(root.path, DIGEST_LIST_NAME, "# runbook digests 1\n");
	assert_refused(root_files_read(&root, &list, &err), &err, ERROR_REFUSED, "damaged");
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_files_of_the_service_models),
		LEDGER_TEST(test_a_list_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
