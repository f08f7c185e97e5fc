// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/stage.h"
#include "packages/tree_writer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static char top[32];
static char *target;

static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-stage-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	target = fs_join(top, "package 1");
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	free(TAKE(target));
	return fs_remove_tree(top, &err) ? 0 : -1;
}

/* How many entries the folder has. */
static unsigned count_entries(const char *path)
{
	CLEANUP_DIR DIR *dir = opendir(path);
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	return count - 2;
}

static void put(const struct stage *stage, const char *name)
{
	CLEANUP_FD int fd = openat(stage->tree_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
}

static void test_commit(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *file = fs_join(target, "file");
	struct stage stage = STAGE_INIT;
	struct stat st;

	(void)state;
	assert_true(stage_open(&stage, target, &err));
	put(&stage, "file");
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(count_entries(top), 1);
	assert_true(stage_commit(&stage, &err));
	stage_release(&stage);
	assert_int_equal(count_entries(top), 1);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void test_without_commit_nothing_is_left(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct stage stage = STAGE_INIT;

	(void)state;
	assert_true(stage_open(&stage, target, &err));
	put(&stage, "file");
	stage_release(&stage);
	assert_int_equal(count_entries(top), 0);
}

static void test_nobody_else_can_look_in(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(stage_release) struct stage stage = STAGE_INIT;
	struct stat st;

	(void)state;
	assert_true(stage_open(&stage, target, &err));
	assert_int_equal(fstat(stage.folder_fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void test_target_must_not_exist(void **state)
{
	CLEANUP_ERROR struct error before = ERROR_INIT;
	CLEANUP_ERROR struct error meanwhile = ERROR_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *with_slash = xasprintf("%s/", target);
	struct stage stage = STAGE_INIT;

	(void)state;
	assert_true(stage_open(&stage, with_slash, &err));
	assert_int_equal(mkdir(target, 0700), 0); /* an empty folder: a plain rename would replace it */
	assert_false(stage_commit(&stage, &meanwhile));
	assert_int_equal(meanwhile.code, ERROR_REFUSED);
	stage_release(&stage);
	assert_int_equal(count_entries(top), 1);
	assert_int_equal(count_entries(target), 0);
	assert_false(stage_open(&stage, target, &before));
	assert_int_equal(before.code, ERROR_REFUSED);
	assert_non_null(strstr(before.message, "package 1: exists already"));
	stage_release(&stage);
	assert_int_equal(count_entries(top), 1);
}

static void test_parent_must_exist(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(stage_release) struct stage stage = STAGE_INIT;

	(void)state;
	assert_false(stage_open(&stage, "/nonexistent/package", &err));
	assert_int_equal(err.code, ERROR_INPUT);
}

/* Another process that ends without a word. */
static void crash_in_the_middle(void)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct error err = ERROR_INIT;
		struct stage stage = STAGE_INIT;

		if (stage_open(&stage, target, &err) && mkdirat(stage.tree_fd, "folder", 0755) == 0)
			(void)raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void test_leftovers_of_a_crash_go(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *other = fs_join(top, "other");
	CLEANUP_FREE char *empty = fs_join(top, ".x.partial-aaaaaa");
	struct stage stage = STAGE_INIT;

	(void)state;
	crash_in_the_middle();
	assert_int_equal(mkdir(empty, 0700), 0); /* died before it could lock */
	assert_int_equal(count_entries(top), 2);
	assert_true(stage_open(&stage, other, &err)); /* whatever its target is called */
	assert_int_equal(count_entries(top), 1);
	stage_release(&stage);
	assert_int_equal(count_entries(top), 0);
}

static void test_stages_in_use_stay(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *other = fs_join(top, "other");
	CLEANUP(stage_release) struct stage first = STAGE_INIT;
	CLEANUP(stage_release) struct stage second = STAGE_INIT;

	(void)state;
	assert_true(stage_open(&first, target, &err));
	assert_true(stage_open(&second, other, &err));
	assert_int_equal(count_entries(top), 2);
	assert_true(stage_commit(&first, &err));
	assert_true(stage_commit(&second, &err));
}

/* Folders of others that are only called so. */
static void test_what_is_not_ours_stays(void **state)
{
	static const char *const names[] = { ".a.partial-AAAAAA", ".partial-aaaaaa", "a.partial-aaaaaa",
					     ".a.partial-aaaaaa" };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(stage_release) struct stage stage = STAGE_INIT;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_FREE char *folder = fs_join(top, names[i]);
		CLEANUP_FREE char *inside = fs_join(folder, "file");

		assert_int_equal(mkdir(folder, 0700), 0);
		assert_true(fs_write_atomic(inside, "x", 1, 0600, &err));
	}
	assert_true(stage_open(&stage, target, &err));
	assert_int_equal(count_entries(top), 5);
}

static void test_long_name(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(stage_release) struct stage stage = STAGE_INIT;
	CLEANUP_FREE char *path = NULL;
	char name[256];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	path = fs_join(top, name);
	assert_true(stage_open(&stage, path, &err));
	assert_true(stage_commit(&stage, &err));
	assert_int_equal(access(path, F_OK), 0);
}

static void assert_mode(const char *path, mode_t mode)
{
	CLEANUP_FREE char *whole = fs_join(top, path);
	struct stat st;

	assert_int_equal(lstat(whole, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void create(struct tree_writer *writer, const char *path, bool executable)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = -1;

	if (!tree_writer_create(writer, path, executable, &fd, &err))
		fail_msg("%s", err.message);
}

static void test_writer(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error twice = ERROR_INIT;
	CLEANUP_FD int root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(tree_writer_release) struct tree_writer writer;
	mode_t mask = umask(0);
	int fd = -1;

	(void)state;
	tree_writer_init(&writer, root);
	create(&writer, "a/b/c.sh", true);
	create(&writer, "a/b/d", false);
	create(&writer, "a/e", false);
	create(&writer, "f", false);
	assert_true(tree_writer_make_folder(&writer, "a/b/g/h", &err));
	assert_true(tree_writer_make_folder(&writer, "a/b", &err));
	assert_true(tree_writer_make_folder(&writer, "", &err));
	(void)umask(mask);
	assert_mode("a", 0755);
	assert_mode("a/b/c.sh", 0755);
	assert_mode("a/b/d", 0644);
	assert_mode("a/b/g/h", 0755);
	assert_false(tree_writer_create(&writer, "f", false, &fd, &twice));
	assert_int_equal(fd, -1);
}

/* More folders than stay open, deep and in turns. */
static void test_writer_with_many_folders(void **state)
{
	CLEANUP_FD int root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(tree_writer_release) struct tree_writer writer;

	(void)state;
	(void)umask(0);
	tree_writer_init(&writer, root);
	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < 2 * TREE_WRITER_FOLDERS; i++) {
			CLEANUP_FREE char *path = xasprintf("%d/x/y/%d/%d", i % 7, i, turn);

			create(&writer, path, false);
		}
	}
	(void)umask(022);
	assert_mode("3/x/y/500/1", 0644);
}

/* Nobody else should write there; if somebody does, it still leads nowhere. */
static void test_writer_follows_no_link(void **state)
{
	CLEANUP_ERROR struct error through = ERROR_INIT;
	CLEANUP_ERROR struct error onto = ERROR_INIT;
	CLEANUP_FD int root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(tree_writer_release) struct tree_writer writer;
	int fd = -1;

	(void)state;
	tree_writer_init(&writer, root);
	assert_int_equal(symlinkat("/tmp", root, "link"), 0);
	assert_false(tree_writer_create(&writer, "link/runbook-escaped", false, &fd, &through));
	assert_false(tree_writer_create(&writer, "link", false, &fd, &onto));
	assert_int_equal(access("/tmp/runbook-escaped", F_OK), -1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_commit),
		TEST(test_without_commit_nothing_is_left),
		TEST(test_nobody_else_can_look_in),
		TEST(test_target_must_not_exist),
		TEST(test_parent_must_exist),
		TEST(test_leftovers_of_a_crash_go),
		TEST(test_stages_in_use_stay),
		TEST(test_what_is_not_ours_stays),
		TEST(test_long_name),
		TEST(test_writer),
		TEST(test_writer_with_many_folders),
		TEST(test_writer_follows_no_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
