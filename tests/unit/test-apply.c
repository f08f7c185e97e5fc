// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/apply.h"
#include "packages/backup.h"
#include "packages/swap.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* ---- A file system that cannot exchange, and a power cut at a rename ------------------------------------- */

static bool can_exchange = true;
static unsigned renames_left; /* 0: any number; 1: the next ends the process */

static int failing_from; /* 0: none; N: the N-th renameat() and all after it fail */

static void count_rename(void)
{
	if (renames_left && --renames_left == 0)
		_exit(77);
}

/* Take the places of the library's. */
int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
	count_rename();
	if (flags && !can_exchange) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int renameat(int from, const char *old, int to, const char *new)
{
	count_rename();
	if (failing_from && --failing_from == 0) {
		failing_from = 1;
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

/* ---- Folders to work on ---------------------------------------------------------------------------------- */

static char top[32];
static char *target, *source, *backups, *work;

static int make_top(void **state)
{
	(void)state;
	can_exchange = true;
	renames_left = 0;
	failing_from = 0;
	(void)strcpy(top, "/tmp/test-apply-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	target = fs_join(top, "target 1");
	source = fs_join(top, "source");
	backups = fs_join(top, "backups");
	work = fs_join(top, ".target 1.runbook");
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	free(TAKE(target));
	free(TAKE(source));
	free(TAKE(backups));
	free(TAKE(work));
	return fs_remove_tree(top, &err) ? 0 : -1;
}

static void put(const char *folder, const char *name, const char *text, mode_t mode)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *path = fs_join(folder, name);
	CLEANUP_FREE char *parent = fs_folder_of(path);

	assert_true(fs_make_folders(parent, 0755, &err));
	assert_true(fs_write_atomic(path, text, strlen(text), mode, &err));
	/* Writing takes set-id bits off, unless by root. */
	assert_int_equal(chmod(path, mode), 0);
}

static void has(const char *folder, const char *name, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf found = STRBUF_INIT;
	CLEANUP_FREE char *path = fs_join(folder, name);

	assert_true(fs_read_file(path, 1000, &found, &err));
	assert_string_equal(found.data, text);
}

static void lacks(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);

	assert_int_equal(faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

static mode_t mode_of(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void make_link(const char *folder, const char *name, const char *to)
{
	CLEANUP_FREE char *path = fs_join(folder, name);

	assert_int_equal(symlink(to, path), 0);
}

static void make_old(void)
{
	put(target, "kept", "old", 0640);
	put(target, "gone/deep", "deep", 04751);
	make_link(target, "gone/link", "\n elsewhere\\");
	assert_int_equal(chmod(target, 0750), 0);
}

static void make_source(void)
{
	put(source, "kept", "new", 0600);
	put(source, "sub/program", "run me", 0700);
}

static bool apply(struct apply_result *ret, struct error *err)
{
	CLEANUP_STRV struct strv sources = STRV_INIT;
	const struct apply_request request = { &sources, NULL, target, backups };

	strv_push(&sources, source);
	return apply_sources(&request, ret, err);
}

static void apply_well(void)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(apply_result_release) struct apply_result result = { 0 };

	if (!apply(&result, &err))
		fail_msg("%s", err.message);
}

static void restore_well(void)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(restore_result_release) struct restore_result result = { 0 };

	if (!apply_restore(target, backups, &result, &err))
		fail_msg("%s", err.message);
}

static void refuse_restore(const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(restore_result_release) struct restore_result result = { 0 };

	assert_false(apply_restore(target, backups, &result, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, text));
}

static void is_old(void)
{
	char link[32] = "";
	CLEANUP_FREE char *path = fs_join(target, "gone/link");

	has(target, "kept", "old");
	has(target, "gone/deep", "deep");
	lacks(target, "sub");
	assert_true(readlink(path, link, sizeof(link) - 1) > 0);
	assert_string_equal(link, "\n elsewhere\\");
}

static void is_new(void)
{
	has(target, "kept", "new");
	has(target, "sub/program", "run me");
	lacks(target, "gone");
}

/* ---- Tests ----------------------------------------------------------------------------------------------- */

static void test_apply_and_restore(void **state)
{
	struct stat before, after;
	CLEANUP_FREE char *deep = fs_join(target, "gone/deep");

	(void)state;
	make_old();
	make_source();
	assert_int_equal(stat(deep, &before), 0);
	apply_well();
	is_new();
	assert_int_equal(mode_of(target, ""), 0750);
	assert_int_equal(mode_of(target, "kept"), 0640);
	assert_int_equal(mode_of(target, "sub"), 0750);
	assert_int_equal(mode_of(target, "sub/program"), 0750);
	apply_well();
	is_new();
	restore_well();
	is_old();
	assert_int_equal(mode_of(target, "gone/deep"), 04751);
	assert_int_equal(stat(deep, &after), 0);
	assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	restore_well();
	is_old();
	lacks(work, "");
}

static void test_absent(void **state)
{
	(void)state;
	make_source();
	apply_well();
	is_new();
	assert_int_equal(mode_of(target, ""), 0755);
	assert_int_equal(mode_of(target, "kept"), 0644);
	restore_well();
	lacks(top, "target 1");
	restore_well();
	lacks(top, "target 1");
}

static void test_without_exchange(void **state)
{
	(void)state;
	can_exchange = false;
	make_source();
	apply_well();
	is_new();
	restore_well();
	lacks(top, "target 1");
	make_old();
	assert_int_equal(chmod(target, 0755), 0);
	assert_true(fs_remove_tree(backups, &(struct error)ERROR_INIT));
	apply_well();
	is_new();
	restore_well();
	is_old();
}

/* Ends the process at each rename in turn; says whether there was one. */
static bool crash_at(unsigned number)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		CLEANUP_ERROR struct error err = ERROR_INIT;
		struct apply_result result = { 0 };

		renames_left = number;
		_exit(apply(&result, &err) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 1);
	return WEXITSTATUS(status) == 77;
}

/* Whatever a crash left, applying again leads to the new folder and restoring to the old one; *ret_crashes counts. */
static unsigned crash_everywhere(bool applies_again)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	unsigned number = 1;

	for (; crash_at(number); number++) {
		if (applies_again) {
			apply_well();
			is_new();
		}
		restore_well();
		is_old();
		assert_true(fs_remove_tree(backups, &err));
	}
	restore_well();
	is_old();
	lacks(work, "");
	assert_true(fs_remove_tree(backups, &err));
	return number - 1;
}

static void test_crashes(void **state)
{
	(void)state;
	make_old();
	make_source();
	assert_int_equal(crash_everywhere(true), 1);
	assert_int_equal(crash_everywhere(false), 1);
	can_exchange = false;
	assert_int_equal(crash_everywhere(true), 3);
	assert_int_equal(crash_everywhere(false), 3);
}

static void test_journal(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(swap_release) struct swap swap = SWAP_INIT;

	(void)state;
	put(work, "journal", "", 0600);
	put(work, "old/kept", "old", 0644);
	put(work, "new/kept", "new", 0644);
	assert_int_equal(chmod(work, 0700), 0);
	assert_true(swap_open(&swap, target, &err));
	has(target, "kept", "new");
	lacks(work, "old");
}

/* The second of two renames fails, and so does what would undo the first. */
static void test_cannot_undo(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(apply_result_release) struct apply_result result = { 0 };

	(void)state;
	make_old();
	make_source();
	can_exchange = false;
	failing_from = 2;
	assert_false(apply(&result, &err));
	assert_non_null(strstr(err.message, "can neither be replaced nor put back and is missing now"));
	lacks(target, "");
	failing_from = 0;
	restore_well();
	is_old();
	lacks(work, "");
}

static void test_one_at_a_time(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(swap_release) struct swap first = SWAP_INIT;
	CLEANUP(swap_release) struct swap second = SWAP_INIT;

	(void)state;
	assert_true(swap_open(&first, target, &err));
	assert_false(swap_open(&second, target, &err));
	assert_int_equal(err.code, ERROR_BUSY);
}

static void test_not_complete(void **state)
{
	CLEANUP_FREE char *folder = NULL;
	CLEANUP_FREE char *manifest = NULL;

	(void)state;
	make_old();
	make_source();
	refuse_restore("no complete backup");
	apply_well();
	folder = backup_path(backups, target);
	put(folder, "tree/kept", "olD", 0600);
	refuse_restore("kept: is not what was backed up");
	is_new();
	put(folder, "tree/kept", "old", 0600);
	put(folder, "tree/more", "", 0600);
	refuse_restore("more: was not backed up");
	manifest = fs_join(folder, "tree/more");
	assert_int_equal(unlink(manifest), 0);
	restore_well();
	is_old();
	free(manifest);
	manifest = fs_join(folder, "manifest");
	assert_int_equal(truncate(manifest, 200), 0);
	refuse_restore("damaged");
	assert_int_equal(unlink(manifest), 0);
	refuse_restore("no complete backup");
	apply_well();
	restore_well();
	is_old();
}

static void test_missing_in_backup(void **state)
{
	CLEANUP_FREE char *folder = backup_path(backups, target);
	CLEANUP_FREE char *file = fs_join(folder, "tree/gone/deep");

	(void)state;
	make_old();
	make_source();
	apply_well();
	assert_int_equal(unlink(file), 0);
	refuse_restore("gone/deep: is missing");
	is_new();
}

static void refuse_apply(enum error_code code, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(apply_result_release) struct apply_result result = { 0 };

	assert_false(apply(&result, &err));
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.message, text));
	lacks(work, "");
}

static void test_refused(void **state)
{
	CLEANUP_FREE char *fifo = fs_join(target, "fifo");
	CLEANUP_FREE char *link = fs_join(source, "link");

	(void)state;
	make_old();
	make_source();
	make_link(source, "link", "/etc/passwd");
	refuse_apply(ERROR_REFUSED, "link: neither file nor folder");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(fs_remove_tree(backups, &(struct error)ERROR_INIT));
	refuse_apply(ERROR_REFUSED, "fifo: neither file, folder nor link");
	assert_int_equal(unlink(fifo), 0);
	is_old();
	assert_true(fs_remove_tree(source, &(struct error)ERROR_INIT));
	refuse_apply(ERROR_INPUT, "no such file or folder");
	assert_int_equal(mkdir(source, 0755), 0);
	refuse_apply(ERROR_INPUT, "would be empty");
	is_old();
}

static void test_target_is_no_folder(void **state)
{
	(void)state;
	make_source();
	put(top, "elsewhere/file", "text", 0644);
	make_link(top, "target 1", "elsewhere");
	refuse_apply(ERROR_REFUSED, "is a link");
	assert_int_equal(unlink(target), 0);
	put(top, "target 1", "text", 0644);
	refuse_apply(ERROR_REFUSED, "not a folder");
	has(top, "target 1", "text");
}

static void test_manifest(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_MANIFEST struct manifest written = MANIFEST_INIT;
	CLEANUP_MANIFEST struct manifest found = MANIFEST_INIT;
	CLEANUP_FREE char *path = fs_join(top, "manifest");
	const struct stat st = { .st_mode = S_IFREG | 02755, .st_uid = 7, .st_gid = 8, .st_mtim = { -5, 999999999 } };
	struct manifest_item *item;

	(void)state;
	written.target = xstrdup("/a\tb\\x09\n");
	item = manifest_add(&written, MANIFEST_FILE, "z\x7f\xff/\x01 end\t", &st);
	item->bytes = UINT64_C(1) << 40;
	(void)strcpy(item->sha256, "12ab");
	manifest_add(&written, MANIFEST_LINK, "a\\", &st)->link = xstrdup("..\t..");
	(void)manifest_add(&written, MANIFEST_FOLDER, ".", &st);
	assert_true(manifest_write(&written, path, &err));
	assert_true(manifest_read(path, &found, &err));
	assert_string_equal(found.target, written.target);
	assert_int_equal(found.count, 3);
	item = manifest_find(&found, "z\x7f\xff/\x01 end\t");
	assert_non_null(item);
	assert_int_equal(item->kind, MANIFEST_FILE);
	assert_int_equal(item->mode, 02755);
	assert_int_equal(item->uid, 7);
	assert_int_equal(item->gid, 8);
	assert_int_equal(item->mtime.tv_sec, -5);
	assert_int_equal(item->mtime.tv_nsec, 999999999);
	assert_true(item->bytes == UINT64_C(1) << 40);
	assert_string_equal(item->sha256, "12ab");
	assert_string_equal(manifest_find(&found, "a\\")->link, "..\t..");
	assert_null(manifest_find(&found, "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_apply_and_restore, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_absent, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_without_exchange, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_crashes, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_journal, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_cannot_undo, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_not_complete, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_missing_in_backup, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_refused, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_target_is_no_folder, make_top, remove_top),
		cmocka_unit_test_setup_teardown(test_manifest, make_top, remove_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
