// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "packages/digest.h"

/* The vectors of FIPS 180-2. */
static const char of_nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char of_abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char of_million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void test_bytes(void **state)
{
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	digest_bytes("", 0, text);
	assert_string_equal(text, of_nothing);
	digest_bytes("abc", 3, text);
	assert_string_equal(text, of_abc);
}

static void test_in_parts_and_again(void **state)
{
	struct digest *digest = digest_new();
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	digest_add(digest, "a", 1);
	digest_add(digest, "bc", 2);
	digest_finish(digest, text);
	assert_string_equal(text, of_abc);
	digest_start(digest);
	digest_finish(digest, text);
	assert_string_equal(text, of_nothing);
	digest_free(digest);
	digest_free(NULL);
}

static void test_file(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char path[] = "/tmp/test-digest-XXXXXX";
	CLEANUP_FD int fd = mkostemp(path, O_CLOEXEC);
	char text[DIGEST_TEXT_SIZE];
	char block[1000];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = 'a';
	for (int i = 0; i < 1000; i++)
		assert_int_equal(write(fd, block, sizeof(block)), sizeof(block));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_true(digest_fd(fd, path, text, &err));
	assert_string_equal(text, of_million_a);
	assert_true(digest_fd(fd, path, text, &err)); /* from where it stands */
	assert_string_equal(text, of_nothing);
}

static void test_folder_is_an_error(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	assert_false(digest_fd(fd, "/", text, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_in_parts_and_again),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
