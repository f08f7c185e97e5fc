// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/digest_list.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static const char of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static char top[32];
static char *list_path;

static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-digest-list-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	list_path = fs_join(top, DIGEST_LIST_NAME);
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	free(TAKE(list_path));
	return fs_remove_tree(top, &err) ? 0 : -1;
}

/* A list of four files in `top`. */
static void write_list(void)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = digest_list_new();
	CLEANUP_FD int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	digest_list_add(list, "root/b", of_abc);
	digest_list_add(list, "root/a b", of_nothing);
	digest_list_add(list, "root.txt", of_abc);
	digest_list_add(list, "root/Größe", of_abc);
	digest_list_sort(list);
	assert_true(digest_list_write(list, fd, top, &err));
}

static void test_written_as_sha256sum_does(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FREE char *expected =
		xasprintf("# runbook digests 1\n%s  root.txt\n%s  root/Größe\n%s  root/a b\n%s  root/b\n# end 4\n",
			  of_abc, of_abc, of_nothing, of_abc);
	struct stat st;

	(void)state;
	write_list();
	assert_true(fs_read_file(list_path, 10000, &text, &err));
	assert_string_equal(text.data, expected);
	assert_int_equal(stat(list_path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
}

static void test_found_again(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;

	(void)state;
	write_list();
	assert_true(digest_list_load(top, &list, &err));
	assert_non_null(list);
	assert_int_equal(digest_list_count(list), 4);
	assert_string_equal(digest_list_at(list, 2)->path, "root/a b");
	assert_string_equal(digest_list_find(list, "root/a b"), of_nothing);
	assert_string_equal(digest_list_find(list, "root.txt"), of_abc);
	assert_null(digest_list_find(list, "root"));
	assert_null(digest_list_find(list, "ROOT.txt"));
	assert_null(digest_list_find(list, ""));
}

static void test_of_an_inner_root(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	CLEANUP_FREE char *root = fs_join(top, "root");

	(void)state;
	write_list();
	assert_int_equal(mkdir(root, 0700), 0);
	assert_true(digest_list_load(root, &list, &err));
	assert_non_null(list);
	assert_int_equal(digest_list_count(list), 3);
	assert_string_equal(digest_list_find(list, "b"), of_abc);
	assert_null(digest_list_find(list, "root.txt"));
}

static void test_none(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;

	(void)state;
	assert_true(digest_list_load(top, &list, &err));
	assert_null(list);
}

static void assert_damaged(const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;

	assert_true(fs_write_atomic(list_path, text, strlen(text), FS_MODE_FILE, &err));
	if (digest_list_load(top, &list, &err))
		fail_msg("taken: %s", text);
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, "damaged"));
	assert_null(list);
}

static void test_damaged(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	write_list();
	assert_true(fs_read_file(list_path, 10000, &text, &err));
	for (size_t length = text.length - 1; length < text.length; length--) {
		strbuf_set_length(&text, length);
		assert_damaged(text.data);
	}
	assert_damaged("# runbook digests 2\n# end 0\n");
	assert_damaged("# runbook digests 1\n# end 1\n");
	assert_damaged("# runbook digests 1\n# end 0\nmore");
	assert_damaged("# runbook digests 1\nabc  path\n# end 1\n");
	strbuf_clear(&text);
	strbuf_addf(&text, "# runbook digests 1\n%s  b\n%s  a\n# end 2\n", of_abc, of_abc);
	assert_damaged(text.data);
	strbuf_clear(&text);
	strbuf_addf(&text, "# runbook digests 1\n%s  a\n%s  a\n# end 2\n", of_abc, of_nothing);
	assert_damaged(text.data);
}

static void test_verified(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error unknown = ERROR_INIT;
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	CLEANUP_FREE char *path = fs_join(top, "file");
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	write_list();
	assert_true(digest_list_load(top, &list, &err));
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_true(digest_list_verify(list, "root/b", fd, &err)); /* from the first byte, wherever it stands */
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 3);
	assert_int_equal(pwrite(fd, "c", 1, 0), 1);
	assert_false(digest_list_verify(list, "root/b", fd, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, "root/b: was changed"));
	assert_non_null(strstr(err.message, of_abc));
	assert_false(digest_list_verify(list, "file", fd, &unknown));
	assert_int_equal(unknown.code, ERROR_REFUSED);
	assert_non_null(strstr(unknown.message, "file: did not come with the package"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written_as_sha256sum_does),
		TEST(test_found_again),
		TEST(test_of_an_inner_root),
		TEST(test_none),
		TEST(test_damaged),
		TEST(test_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
