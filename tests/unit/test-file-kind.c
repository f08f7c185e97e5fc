// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packages/codec_name.h"
#include "packages/file_kind.h"

static void assert_kind(const char *bytes, size_t length, enum file_kind kind, const char *looks_like)
{
	const char *got = NULL;

	assert_int_equal(file_kind_probe(bytes, length, &got), kind);
	if (looks_like && (!got || !strstr(got, looks_like)))
		fail_msg("looks not like %s but like %s", looks_like, got ? got : "nothing");
}

#define ASSERT_KIND(bytes, kind, looks_like) assert_kind(bytes, sizeof(bytes) - 1, kind, looks_like)

static void test_archives(void **state)
{
	(void)state;
	ASSERT_KIND("PK\3\4....", FILE_IS_ZIP, NULL);
	ASSERT_KIND("PK\5\6....", FILE_IS_ZIP, NULL);
	ASSERT_KIND("7z\xbc\xaf\x27\x1c....", FILE_IS_7Z, NULL);
	ASSERT_KIND("\x1f\x8b\x8....", FILE_IS_TAR_GZ, NULL);
	ASSERT_KIND("\xfd"
		    "7zXZ\0....",
		    FILE_IS_TAR_XZ, NULL);
	ASSERT_KIND("\x28\xb5\x2f\xfd....", FILE_IS_TAR_ZST, NULL);
	ASSERT_KIND("BZh9....", FILE_IS_TAR_BZ2, NULL);
	assert_string_equal(file_kind_name(FILE_IS_TAR_GZ), "tar.gz");
	assert_string_equal(file_kind_name(FILE_IS_ZIP), "zip");
}

static void test_tar(void **state)
{
	char block[512] = "PK\3\4 is the name of a file";
	unsigned sum = 0;

	(void)state;
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(block); i++)
		sum += (unsigned char)block[i];
	(void)snprintf(block + 148, 7, "%06o", sum);
	assert_kind(block, sizeof(block), FILE_IS_TAR, NULL);
	block[0] = 'p';
	assert_kind(block, sizeof(block), FILE_IS_UNKNOWN, "nothing that is known");
}

static void test_others(void **state)
{
	(void)state;
	ASSERT_KIND("Rar!\x1a\7\1", FILE_IS_OTHER, "RAR");
	ASSERT_KIND("MSCF....", FILE_IS_OTHER, "CAB");
	ASSERT_KIND("\x4\x22\x4d\x18", FILE_IS_OTHER, "LZ4");
	ASSERT_KIND("\x50\x2a\x4d\x18....", FILE_IS_OTHER, "Zstandard");
	ASSERT_KIND("MZ\x90", FILE_IS_OTHER, "self-extracting");
	ASSERT_KIND("\xed\xab\xee\xdb", FILE_IS_OTHER, "RPM");
}

static void test_disk_image(void **state)
{
	char *image = calloc(1, FILE_KIND_BYTES);

	(void)state;
	assert_non_null(image);
	assert_kind(image, FILE_KIND_BYTES, FILE_IS_UNKNOWN, "zeros");
	(void)memcpy(image + 32769, "CD001", 5);
	assert_kind(image, FILE_KIND_BYTES, FILE_IS_OTHER, "ISO 9660");
	free(image);
}

static void test_text(void **state)
{
	(void)state;
	ASSERT_KIND("", FILE_IS_UNKNOWN, "an empty file");
	ASSERT_KIND("\xef\xbb\xbf\r\n <!DOCTYPE html><html>", FILE_IS_OTHER, "HTML");
	ASSERT_KIND("<HTML>", FILE_IS_OTHER, "HTML");
	ASSERT_KIND("<?xml version=\"1.0\"?><Error/>", FILE_IS_OTHER, "XML");
	ASSERT_KIND("{\"error\":404}", FILE_IS_OTHER, "JSON");
	ASSERT_KIND("Not found", FILE_IS_OTHER, "text");
	ASSERT_KIND("Gr\xc3\xb6\xc3", FILE_IS_OTHER, "text");
	ASSERT_KIND("\1\2\xff", FILE_IS_UNKNOWN, "nothing that is known");
	ASSERT_KIND("P", FILE_IS_OTHER, "text");
}

static void test_methods_of_7z(void **state)
{
	uint64_t id = 0;

	(void)state;
	assert_true(codec_id_in("Unknown codec ID: 4F71101", &id));
	assert_string_equal(codec_name(id), "Zstandard");
	assert_true(codec_id_in("Crypto codec not supported yet (ID: 0x6F10701)", &id));
	assert_string_equal(codec_name(id), "AES-256");
	assert_true(codec_id_in("Unexpected codec ID: 123456", &id));
	assert_string_equal(codec_name(id), "unknown");
	assert_false(codec_id_in("Truncated 7-Zip file body", &id));
	assert_false(codec_id_in("Unknown codec ID: none", &id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archives),   cmocka_unit_test(test_tar),  cmocka_unit_test(test_others),
		cmocka_unit_test(test_disk_image), cmocka_unit_test(test_text), cmocka_unit_test(test_methods_of_7z),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
