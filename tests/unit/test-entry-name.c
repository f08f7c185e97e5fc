// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "packages/entry_name.h"
#include "packages/name_tree.h"

static const struct entry_name_limits limits = { .depth = 3, .path_bytes = 300 };

static void assert_becomes(const char *name, const char *expected)
{
	CLEANUP_FREE char *path = NULL;
	const char *reason = entry_name_normalise(name, &limits, &path);

	if (reason)
		fail_msg("%s: %s", name, reason);
	assert_string_equal(path, expected);
}

static void assert_refused(const char *name, const char *words)
{
	char *path = NULL;
	const char *reason = entry_name_normalise(name, &limits, &path);

	assert_null(path);
	if (!reason || !strstr(reason, words))
		fail_msg("%s: not '%s' but '%s'", name, words, reason ? reason : "nothing");
}

static void test_normalised(void **state)
{
	(void)state;
	assert_becomes("a", "a");
	assert_becomes("AOSService\\Scripts\\Stop AOS.ps1", "AOSService/Scripts/Stop AOS.ps1");
	assert_becomes("./a//b/", "a/b");
	assert_becomes("[Content_Types].xml", "[Content_Types].xml");
	assert_becomes("-rf", "-rf");
	assert_becomes("....a/...b", "....a/...b");
	assert_becomes("Größe/naïve", "Größe/naïve");
	assert_becomes("%2e%2e/x", "%2e%2e/x");
	assert_becomes("console/nulls/com10/com0", "console/nulls/com10/com0");
	assert_becomes("./", "");
	assert_becomes(".", "");
}

static void test_leaves_the_folder(void **state)
{
	(void)state;
	assert_refused("../x", "leaves its folder");
	assert_refused("a/../../x", "leaves its folder");
	assert_refused("a\\..\\x", "leaves its folder");
	assert_refused("..", "leaves its folder");
	assert_refused(".runbook-Digests", "is kept for what runbook notes");
	assert_refused("./.runbook-digests/x", "is kept for what runbook notes");
	assert_refused("shop-1.0/.runbook-signature", "is kept for what runbook notes");
	assert_refused("./../", "leaves its folder");
	assert_refused("/etc/passwd", "is absolute");
	assert_refused("\\\\server\\share\\x", "is absolute");
	assert_refused("\\\\?\\C:\\x", "is absolute");
	assert_refused("C:\\x", "drive letter");
	assert_refused("c:x", "drive letter");
	assert_refused("", "is empty");
}

static void test_what_windows_could_not_store(void **state)
{
	(void)state;
	assert_refused("a/file.txt:stream", "colon");
	assert_refused("a/C:/x", "colon");
	assert_refused("a/con", "reserved");
	assert_refused("AUX.txt", "reserved");
	assert_refused("lpt1", "reserved");
	assert_refused("nul .tar.gz/x", "reserved");
	assert_refused("a./b", "dot or a space");
	assert_refused("a /b", "dot or a space");
	assert_refused("...", "dot or a space");
}

static void test_not_printable(void **state)
{
	(void)state;
	assert_refused("a\nb", "control character");
	assert_refused("a\x1b[2J", "control character");
	assert_refused("a\x7f", "control character");
	assert_refused("a\xc2\x9b", "control character");
	assert_refused("\xc0\xae\xc0\xae/x", "is not UTF-8");
	assert_refused("\xff", "is not UTF-8");
	assert_refused("\xed\xa0\x80", "is not UTF-8");
}

static void test_limits(void **state)
{
	char part[257];
	char path[302];

	(void)state;
	memset(part, 'p', sizeof(part));
	part[256] = '\0';
	assert_refused(part, "longer than 255 bytes");
	part[255] = '\0';
	assert_becomes(part, part);
	memset(path, 'p', sizeof(path));
	path[100] = path[200] = '/';
	path[301] = '\0';
	assert_refused(path, "longer than the limit");
	path[300] = '\0';
	assert_becomes(path, path);
	assert_becomes("a/b/c/d", "a/b/c/d");
	assert_refused("a/b/c/d/e", "deeper than the limit");
}

static void add(struct name_tree *tree, const char *path, bool folder)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!name_tree_add(tree, path, folder, &err))
		fail_msg("%s", err.message);
}

static void refuse(struct name_tree *tree, const char *path, bool folder, const char *words)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(name_tree_add(tree, path, folder, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	if (!strstr(err.message, words))
		fail_msg("'%s' is not in: %s", words, err.message);
}

static void cleanup_tree(struct name_tree **tree)
{
	name_tree_free(*tree);
}

static void test_tree(void **state)
{
	CLEANUP(cleanup_tree) struct name_tree *tree = name_tree_new();

	(void)state;
	add(tree, "a/b", false);
	add(tree, "a/c", false);
	add(tree, "a", true);
	add(tree, "a", true);
	add(tree, "d/e", true);
	add(tree, "d/e/f", false);
	refuse(tree, "a/b", false, "is there twice");
	refuse(tree, "a/b", true, "both a file and a folder");
	refuse(tree, "a/b/c", false, "entry \"a/b\": is both a file and a folder");
	refuse(tree, "d/e", false, "both a file and a folder");
}

static void test_tree_of_look_alikes(void **state)
{
	CLEANUP(cleanup_tree) struct name_tree *tree = name_tree_new();

	(void)state;
	add(tree, "Scripts/Stop.sh", false);
	refuse(tree, "Scripts/stop.sh", false,
	       "entry \"Scripts/stop.sh\": differs from \"Scripts/Stop.sh\" only by case or normalisation");
	refuse(tree, "scripts/other.sh", false, "differs from \"Scripts\"");
	add(tree, "caf\xc3\xa9", false);
	refuse(tree, "cafe\xcc\x81", false, "only by case or normalisation");
	refuse(tree, "CAF\xc3\x89/menu", false, "only by case or normalisation");
	add(tree, "cafe", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalised),
		cmocka_unit_test(test_leaves_the_folder),
		cmocka_unit_test(test_what_windows_could_not_store),
		cmocka_unit_test(test_not_printable),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_tree_of_look_alikes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
