// SPDX-License-Identifier: MIT
/* What an archive asks for that nobody is to have: the words, and that they are not those for a damaged one. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "packages/extract.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define WORDS "needs more memory to be unpacked than the limit; pack it once more with a smaller dictionary"

/* Archives that hold next to nothing, and ask for a dictionary (a window, a model) larger than any limit. */
static const struct {
	const char *name;
	size_t length;
	const char *bytes;
} greedy[] = {
#define GREEDY(name, bytes)                    \
	{                                      \
		name, sizeof(bytes) - 1, bytes \
	}
	GREEDY("xz, 768 MiB", "\xfd\x37zXZ\0\0\4\xe6\xd6\xb4\x46\2\0\x21\1\x23\0\0\0\xe7\x27\x10\x64\1\0\0a"),
	GREEDY("xz, 1.5 GiB", "\xfd\x37zXZ\0\0\4\xe6\xd6\xb4\x46\2\0\x21\1\x25\0\0\0\x3b\x78\x7b\x41\1\0\0a"),
	GREEDY("zstd, 1 GiB", "\x28\xb5\x2f\xfd\0\xa0\x09\0\0a"),
	GREEDY("7z with LZMA2, 1.5 GiB",
	       "7z\xbc\xaf\x27\x1c\0\4\x38\x7f\xf9\xf3\5\0\0\0\0\0\0\0\x22\0\0\0\0\0\0\0\x8a\xf0\x1f\xe9\1\0\0\x61\0"
	       "\1\4\6\0\1\x09\5\0\7\x0b\1\0\1\x21\x21\1\x25\x0c\1\0\x08\0\0\5\1\x11\5\0\x61\0\0\0\0\0"),
	GREEDY("7z with LZMA, 1.5 GiB",
	       "7z\xbc\xaf\x27\x1c\0\4\x7e\xee\x12\x4e\5\0\0\0\0\0\0\0\x28\0\0\0\0\0\0\0\xda\x7f\6\x69\1\0\0\x61\0\1\4"
	       "\6\0\1\x09\5\0\7\x0b\1\0\1\x23\3\1\1\5\x5d\0\0\0\x60\x0c\1\0\x08\0\0\5\1\x11\5\0\x61\0\0\0\0\0"),
	GREEDY("7z with PPMd, 1.5 GiB",
	       "7z\xbc\xaf\x27\x1c\0\4\xfb\xe2\xc7\xa6\5\0\0\0\0\0\0\0\x28\0\0\0\0\0\0\0\x69\x8e\xe2\xfa\1\0\0\x61\0\1\4"
	       "\6\0\1\x09\5\0\7\x0b\1\0\1\x23\3\4\1\5\4\0\0\0\x60\x0c\1\0\x08\0\0\5\1\x11\5\0\x61\0\0\0\0\0"),
#undef GREEDY
};

static void refuse(const char *top, const char *bytes, size_t length)
{
	CLEANUP_FREE char *archive = fs_join(top, "archive");
	CLEANUP_FREE char *target = fs_join(top, "target");
	struct extract_result result = { .format = NULL };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_write_atomic(archive, bytes, length, FS_MODE_FILE, &err));
	assert_false(extract_archive(archive, target, &extract_default_limits, &result, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, WORDS));
}

static void test_greedy(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char top[] = "/tmp/test-dictionary-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(top));
	for (size_t i = 0; i < sizeof(greedy) / sizeof(greedy[0]); i++) {
		print_message("%s\n", greedy[i].name);
		refuse(top, greedy[i].bytes, greedy[i].length);
	}
	assert_true(fs_remove_tree(top, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_greedy) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
