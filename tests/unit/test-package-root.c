// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/package_root.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* A package folder, made anew for each test. */
static char *top;
static struct package_root root = PACKAGE_ROOT_INIT;

static void put_file(const char *path, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *whole = fs_join(top, path);
	CLEANUP_FREE char *folder = fs_folder_of(whole);

	assert_true(fs_make_folders(folder, FS_MODE_FOLDER, &err));
	assert_true(fs_write_atomic(whole, text, strlen(text), FS_MODE_FILE, &err));
}

static int make_package(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	top = xstrdup("/tmp/test package root-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	put_file("AOSService/Scripts/AutoStop.sh", "stop");
	put_file("AOSService/Scripts/Update/Größe 1.sh", "update");
	return package_root_open(top, &root, &err) ? 0 : -1;
}

static int remove_package(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	package_root_release(&root);
	if (!fs_remove_tree(top, &err))
		return -1;
	free(TAKE(top));
	return 0;
}

static void assert_found(const char *file_name, const char *expected)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *expected_path = xasprintf("%s/AOSService/Scripts/%s", top, expected);
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	struct stat by_fd;
	struct stat by_path;

	assert_true(package_root_find_script(&root, "AOSService", file_name, &file, &err));
	assert_string_equal(file.path, expected_path);
	assert_int_equal(fstat(file.fd, &by_fd), 0);
	assert_int_equal(stat(file.path, &by_path), 0);
	assert_int_equal(by_fd.st_ino, by_path.st_ino);
}

static void assert_not_found(const char *file_name, enum error_code code, const char *words)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct package_file file = PACKAGE_FILE_INIT;

	assert_false(package_root_find_script(&root, "AOSService", file_name, &file, &err));
	assert_int_equal(err.code, code);
	if (!strstr(err.message, words))
		fail_msg("'%s' is not in: %s", words, err.message);
	assert_null(file.path);
	assert_int_equal(file.fd, -1);
}

static char *script_path(const char *name)
{
	return xasprintf("%s/AOSService/Scripts/%s", top, name);
}

static void test_found(void **state)
{
	(void)state;
	assert_found("AutoStop.sh", "AutoStop.sh");
	assert_found("autostop.SH", "AutoStop.sh");
	assert_found("Update\\Größe 1.sh", "Update/Größe 1.sh");
	assert_found("UPDATE\\GRÖSSE 1.SH", "Update/Größe 1.sh");
	assert_found("./update//gro\xcc\x88\xc3\x9f"
		     "e 1.sh",
		     "Update/Größe 1.sh");
}

static void test_case_of_the_service_model(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

	(void)state;
	assert_true(package_root_find_script(&root, "aosservice", "autostop.sh", &file, &err));
	assert_non_null(strstr(file.path, "/AOSService/Scripts/AutoStop.sh"));
}

static void test_missing(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct package_file file = PACKAGE_FILE_INIT;

	(void)state;
	assert_not_found("none.sh", ERROR_INPUT,
			 "AOSService/Scripts/none.sh: no such file or folder: none.sh in /tmp/test package root-");
	assert_not_found("None/x.sh", ERROR_INPUT, "no such file or folder: None in");
	assert_not_found("AutoStop.sh/x", ERROR_INPUT, "AutoStop.sh is not a folder");
	assert_not_found("Update", ERROR_INPUT, "Update is not a regular file");
	assert_false(package_root_find_script(&root, "NoService", "x.sh", &file, &err));
	assert_non_null(strstr(err.message, "NoService in /tmp"));
}

static void test_leaves_the_package(void **state)
{
	(void)state;
	assert_not_found("../../../etc/passwd", ERROR_INPUT, "leaves its folder");
	assert_not_found("Update\\..\\AutoStop.sh", ERROR_INPUT, "leaves its folder");
	assert_not_found("/etc/passwd", ERROR_INPUT, "is absolute");
	assert_not_found("C:\\x.ps1", ERROR_INPUT, "drive letter");
	assert_not_found("", ERROR_INPUT, "is empty");
	assert_not_found("a\nb", ERROR_INPUT, "a\\x0ab: the path of the script holds a control character");
}

static void test_several_matches(void **state)
{
	(void)state;
	put_file("AOSService/Scripts/AUTOSTOP.sh", "other");
	assert_not_found("autostop.sh", ERROR_INPUT, "matches both ");
	assert_found("AutoStop.sh", "AutoStop.sh");
	assert_found("AUTOSTOP.sh", "AUTOSTOP.sh");
}

static void test_links_are_refused(void **state)
{
	CLEANUP_FREE char *file_link = script_path("link.sh");
	CLEANUP_FREE char *folder_link = script_path("folder");
	CLEANUP_FREE char *dangling = script_path("dangling.sh");

	(void)state;
	assert_int_equal(symlink("AutoStop.sh", file_link), 0);
	assert_int_equal(symlink("/etc", folder_link), 0);
	assert_int_equal(symlink("none", dangling), 0);
	assert_not_found("link.sh", ERROR_INPUT, "is a link");
	assert_not_found("folder/passwd", ERROR_INPUT, "is a link");
	assert_not_found("DANGLING.sh", ERROR_INPUT, "is a link");
}

/* Must neither hang nor be opened. */
static void test_fifo_is_no_script(void **state)
{
	CLEANUP_FREE char *fifo = script_path("fifo.sh");

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_not_found("fifo.sh", ERROR_INPUT, "is not a regular file");
}

static void test_what_others_could_change_is_refused_as_root(void **state)
{
	CLEANUP_FREE char *script = script_path("AutoStop.sh");
	CLEANUP_FREE char *folder = script_path("Update");

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(script, 0666), 0);
	assert_not_found("AutoStop.sh", ERROR_REFUSED, "can be written by others");
	assert_int_equal(chmod(script, 01666), 0); /* on a file the sticky bit guards nothing */
	assert_not_found("AutoStop.sh", ERROR_REFUSED, "can be written by others");
	assert_int_equal(chmod(script, 0600), 0);
	assert_int_equal(chown(script, 12345, 0), 0);
	assert_not_found("AutoStop.sh", ERROR_REFUSED, "user 12345");
	assert_int_equal(chmod(folder, 0777), 0);
	assert_not_found("Update/Größe 1.sh", ERROR_REFUSED, "can be written by others");
}

static void test_unsafe_root_is_refused_as_root(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct package_root other = PACKAGE_ROOT_INIT;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(top, 0777), 0);
	assert_false(package_root_open(top, &other, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
}

static void test_no_root(void **state)
{
	CLEANUP_ERROR struct error missing = ERROR_INIT;
	CLEANUP_ERROR struct error file = ERROR_INIT;
	CLEANUP_FREE char *script = script_path("AutoStop.sh");
	struct package_root other = PACKAGE_ROOT_INIT;

	(void)state;
	assert_false(package_root_open("/nonexistent/package", &other, &missing));
	assert_int_equal(missing.code, ERROR_INPUT);
	assert_string_equal(missing.message, "package root: /nonexistent/package: no such folder");
	assert_false(package_root_open(script, &other, &file));
	assert_int_equal(file.code, ERROR_INPUT);
	assert_int_equal(other.fd, -1);
}

static void test_relative_root_gives_absolute_paths(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(package_root_release) struct package_root other = PACKAGE_ROOT_INIT;
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_FREE char *expected = script_path("AutoStop.sh");
	CLEANUP_FD int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(chdir(top), 0);
	assert_true(package_root_open("./AOSService/..", &other, &err));
	assert_int_equal(fchdir(here), 0);
	assert_true(package_root_find_file(&other, "aosservice/scripts/autostop.sh", &file, &err));
	assert_string_equal(file.path, expected);
}

static void test_has_files(void **state)
{
	CLEANUP_FREE char *empty = xasprintf("%s/Empty", top);

	(void)state;
	assert_int_equal(mkdir(empty, 0700), 0);
	assert_true(package_root_has_files(&root, "AOSService/Scripts"));
	assert_true(package_root_has_files(&root, "aosservice"));
	assert_false(package_root_has_files(&root, "Empty"));
	assert_false(package_root_has_files(&root, "None"));
	assert_false(package_root_has_files(&root, ".."));
	assert_false(package_root_has_files(&root, "AOSService/Scripts/AutoStop.sh"));
}

static void test_by_stem(void **state)
{
	CLEANUP_FREE char *name = NULL;
	char *none = NULL;

	(void)state;
	put_file("AOSService/Scripts/UpdateETW.txt", "no script");
	assert_false(package_root_script_by_stem(&root, "AOSService", "UpdateETW", &none));
	assert_null(none);
	put_file("AOSService/Scripts/UpdateEtw.PY", "etw");
	assert_true(package_root_script_by_stem(&root, "AOSService", "UpdateETW", &name));
	assert_string_equal(name, "UpdateEtw.PY");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_package, remove_package)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_found),
		TEST(test_case_of_the_service_model),
		TEST(test_missing),
		TEST(test_leaves_the_package),
		TEST(test_several_matches),
		TEST(test_links_are_refused),
		TEST(test_fifo_is_no_script),
		TEST(test_what_others_could_change_is_refused_as_root),
		TEST(test_unsafe_root_is_refused_as_root),
		TEST(test_no_root),
		TEST(test_relative_root_gives_absolute_paths),
		TEST(test_has_files),
		TEST(test_by_stem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
