// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/zip_directory.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "tests/unit/zip_builder.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define UNIX(mode) .host = 3, .external = (uint32_t)(mode) << 16

/* Reads and checks a zip file from memory. */
static bool read_zip(const struct strbuf *zip, struct zip_directory *directory, struct error *err)
{
	CLEANUP(file_window_release) struct file_window window = { .fd = -1 };
	char path[] = "/tmp/test-zip-XXXXXX";
	CLEANUP_FD int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_true(fs_write_all(fd, zip->data, zip->length, path, err));
	file_window_init(&window, fd, zip->length);
	return zip_directory_read(&window, 100, directory, err) && zip_directory_check_headers(directory, &window, err);
}

static void assert_fine(const struct strbuf *zip, size_t count)
{
	CLEANUP(zip_directory_release) struct zip_directory directory = ZIP_DIRECTORY_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!read_zip(zip, &directory, &err))
		fail_msg("%s", err.message);
	assert_int_equal(directory.count, count);
}

static void assert_refused(const struct strbuf *zip, enum error_code code, const char *words)
{
	CLEANUP(zip_directory_release) struct zip_directory directory = ZIP_DIRECTORY_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(read_zip(zip, &directory, &err));
	if (err.code != code || !strstr(err.message, words))
		fail_msg("not %d with '%s' but %d: %s", (int)code, words, (int)err.code, err.message);
}

static void assert_member_fine(struct zip_member member)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;

	zip_build(&zip, &member, 1, NULL);
	assert_fine(&zip, 1);
}

static void assert_member_refused(struct zip_member member, enum error_code code, const char *words)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;

	zip_build(&zip, &member, 1, NULL);
	assert_refused(&zip, code, words);
}

static void assert_end_refused(struct zip_end_lies lies, const char *words)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "x" };

	zip_build(&zip, &member, 1, &lies);
	assert_refused(&zip, ERROR_INPUT, words);
}

static void assert_end_fine(struct zip_end_lies lies)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "x" };

	zip_build(&zip, &member, 1, &lies);
	assert_fine(&zip, 1);
}

static void test_entries(void **state)
{
	CLEANUP(zip_directory_release) struct zip_directory directory = ZIP_DIRECTORY_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member members[] = {
		{ .name = "folder/", UNIX(S_IFDIR | 0755) },
		{ .name = "folder\\stop.sh", .data = "exit 0\n", UNIX(S_IFREG | 0755) },
		{ .name = "dos", .external = 0x10 },
		{ .name = "text", .data = "abc" },
	};

	(void)state;
	zip_build(&zip, members, SIZE(members), NULL);
	assert_true(read_zip(&zip, &directory, &err));
	assert_int_equal(directory.count, 4);
	assert_true(directory.entries[0].folder);
	assert_string_equal(directory.entries[1].name, "folder\\stop.sh");
	assert_false(directory.entries[1].folder);
	assert_true(directory.entries[1].executable);
	assert_int_equal(directory.entries[1].size_bytes, 7);
	assert_true(directory.entries[2].folder);
	assert_false(directory.entries[3].executable);
	assert_int_equal(directory.file_end, zip.length);
}

static void test_no_entries(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;

	(void)state;
	zip_build(&zip, NULL, 0, NULL);
	assert_fine(&zip, 0);
}

static void test_header_and_directory_contradict(void **state)
{
	(void)state;
	assert_member_refused((struct zip_member){ .name = "a", .local_name = "b" }, ERROR_INPUT, "about the name");
	assert_member_refused((struct zip_member){ .name = "a", .local_name = "a\\..\\b" }, ERROR_INPUT,
			      "about the name");
	assert_member_refused((struct zip_member){ .name = "a", .local_method = 8 }, ERROR_INPUT,
			      "about the compression method");
	assert_member_refused((struct zip_member){ .name = "a", .data = "x", .size_lie = 1 }, ERROR_INPUT,
			      "about the size");
	assert_member_refused((struct zip_member){ .name = "a", .data = "x", .crc_lie = 1 }, ERROR_INPUT,
			      "about the checksum");
}

static void test_descriptor(void **state)
{
	static const size_t lengths[] = { 12, 16, 20, 24 };

	(void)state;
	for (size_t i = 0; i < SIZE(lengths); i++) {
		struct zip_member member = { .name = "a", .data = "content", .flags = ZIP_FLAG_DESCRIPTOR };

		member.descriptor = lengths[i];
		assert_member_fine(member);
		member.descriptor_lie = 1;
		assert_member_refused(member, ERROR_INPUT, "about the sizes behind its data");
	}
}

static void test_gaps(void **state)
{
	static const char hidden[] = "junk PK\3\4 and more";

	(void)state;
	assert_member_fine((struct zip_member){ .name = "a", .data = "x", .gap = "junk", .gap_bytes = 4 });
	assert_member_refused(
		(struct zip_member){ .name = "a", .data = "x", .gap = hidden, .gap_bytes = sizeof(hidden) },
		ERROR_INPUT, "hides behind it");
	assert_end_fine((struct zip_end_lies){ .before = "junk", .before_bytes = 4 });
	assert_end_refused((struct zip_end_lies){ .before = hidden, .before_bytes = sizeof(hidden) },
			   "hides before the first one");
}

/* Two directory records for one header: the way of bombs whose entries share their data. */
static void test_overlap(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf record = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "x" };
	size_t start;

	(void)state;
	zip_build(&zip, &member, 1, NULL);
	start = zip.length - 22 - 47;
	strbuf_add(&record, zip.data + start, 47);
	strbuf_set_length(&zip, zip.length - 22);
	strbuf_add(&zip, record.data, record.length);
	strbuf_add(&zip, "PK\5\6\0\0\0\0", 8);
	zip_add16(&zip, 2);
	zip_add16(&zip, 2);
	zip_add32(&zip, 94);
	zip_add32(&zip, (uint32_t)start);
	zip_add16(&zip, 0);
	assert_refused(&zip, ERROR_INPUT, "overlaps");
}

static void test_data_beyond_the_directory(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "x" };

	(void)state;
	zip_build(&zip, &member, 1, NULL);
	memcpy(zip.data + 18, "\x20\0\0\0", 4);                        /* packed size in the header */
	memcpy(zip.data + zip.length - 22 - 47 + 20, "\x20\0\0\0", 4); /* and in the directory */
	assert_refused(&zip, ERROR_INPUT, "overlaps");
}

static void test_end(void **state)
{
	static const char inner[22] = "PK\5\6";

	(void)state;
	assert_end_fine((struct zip_end_lies){ .comment = "a comment", .comment_size = 9 });
	assert_end_fine((struct zip_end_lies){
		.comment = "more than it says", .comment_size = 17, .comment_bytes = (uint16_t)-10 });
	assert_end_refused((struct zip_end_lies){ .comment_bytes = 1 }, "truncated");
	assert_end_refused((struct zip_end_lies){ .comment = inner, .comment_size = sizeof(inner) }, "two ends");
	assert_end_refused((struct zip_end_lies){ .offset = 1 }, "not where its end says");
	assert_end_refused((struct zip_end_lies){ .bytes = 1 }, "not where its end says");
	assert_end_refused((struct zip_end_lies){ .disk = 1 }, "split");
}

static void test_truncated(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "content" };

	(void)state;
	zip_build(&zip, &member, 1, NULL);
	for (size_t length = 0; length < zip.length; length++) {
		CLEANUP_STRBUF struct strbuf part = STRBUF_INIT;

		strbuf_add(&part, zip.data, length);
		assert_refused(&part, ERROR_INPUT, "damaged zip archive");
	}
}

/* Every byte, one after the other, with every bit turned: nothing may crash, whatever is thought of it. */
static void test_every_byte_changed(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	struct zip_member members[] = {
		{ .name = "a/", .external = 0x10 },
		{ .name = "b", .data = "content", .flags = ZIP_FLAG_DESCRIPTOR, .descriptor = 16 }
	};
	struct zip_end_lies lies = { .zip64 = true };

	(void)state;
	zip_build(&zip, members, SIZE(members), &lies);
	for (size_t i = 0; i < zip.length; i++) {
		CLEANUP(zip_directory_release) struct zip_directory directory = ZIP_DIRECTORY_INIT;
		CLEANUP_ERROR struct error err = ERROR_INIT;

		zip.data[i] = (char)~zip.data[i];
		if (!read_zip(&zip, &directory, &err))
			assert_true(err.code == ERROR_INPUT || err.code == ERROR_REFUSED);
		zip.data[i] = (char)~zip.data[i];
	}
}

static void test_zip64(void **state)
{
	(void)state;
	assert_end_fine((struct zip_end_lies){ .zip64 = true });
	assert_end_refused((struct zip_end_lies){ .zip64 = true, .zip64_count = 1 }, "another number of entries");
}

static void test_zip64_sizes(void **state)
{
	CLEANUP_STRBUF struct strbuf extra = STRBUF_INIT;
	struct zip_member member = { .name = "a", .data = "x", .size_lie = UINT32_MAX - 1 };

	(void)state;
	assert_member_refused(member, ERROR_INPUT, "about the size"); /* 4 GiB - 1 in the directory, 1 in the header */
	zip_add16(&extra, 1);
	zip_add16(&extra, 8);
	zip_add64(&extra, 1);
	member.extra = extra.data;
	member.extra_bytes = extra.length;
	assert_member_fine(member);
	member.extra_bytes -= 8;
	extra.data[2] = 0;
	assert_member_refused(member, ERROR_INPUT, "lacks its zip64 sizes");
}

static void test_special_files(void **state)
{
	(void)state;
	assert_member_refused((struct zip_member){ .name = "a", .data = "/etc", UNIX(S_IFLNK | 0777) }, ERROR_REFUSED,
			      "symbolic link");
	assert_member_refused((struct zip_member){ .name = "a", .external = (uint32_t)S_IFLNK << 16 }, ERROR_REFUSED,
			      "symbolic link");
	assert_member_refused((struct zip_member){ .name = "a", .external = 0x400 }, ERROR_REFUSED, "reparse point");
	assert_member_refused((struct zip_member){ .name = "a", UNIX(S_IFIFO | 0644) }, ERROR_REFUSED, "FIFO");
	assert_member_refused((struct zip_member){ .name = "a", UNIX(S_IFCHR | 0644) }, ERROR_REFUSED, "device");
	assert_member_refused((struct zip_member){ .name = "a", UNIX(S_IFREG | 04755) }, ERROR_REFUSED, "set-id");
	assert_member_refused((struct zip_member){ .name = "a/", UNIX(S_IFDIR | 02755) }, ERROR_REFUSED, "set-id");
	assert_member_refused((struct zip_member){ .name = "a/", .data = "x" }, ERROR_INPUT, "folder with content");
}

static void test_encrypted_and_unsupported(void **state)
{
	(void)state;
	assert_member_refused((struct zip_member){ .name = "a", .flags = ZIP_FLAG_ENCRYPTED }, ERROR_REFUSED,
			      "entry \"a\": is encrypted");
	assert_member_refused((struct zip_member){ .name = "a", .method = 99 }, ERROR_REFUSED, "is encrypted");
	assert_member_refused((struct zip_member){ .name = "a", .method = 9 }, ERROR_INPUT,
			      "unsupported compression method 9 (Deflate64)");
	assert_member_refused((struct zip_member){ .name = "a", .method = 4711 }, ERROR_INPUT, "4711 (unknown)");
	assert_member_fine((struct zip_member){ .name = "a", .method = 12 });
}

static void assert_name(struct zip_member member, const char *expected)
{
	CLEANUP(zip_directory_release) struct zip_directory directory = ZIP_DIRECTORY_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;

	zip_build(&zip, &member, 1, NULL);
	if (!read_zip(&zip, &directory, &err))
		fail_msg("%s", err.message);
	assert_string_equal(directory.entries[0].name, expected);
}

static void test_names(void **state)
{
	(void)state;
	assert_name((struct zip_member){ .name = "Gr\x94\xe1"
						 "e" },
		    "Größe");
	assert_name((struct zip_member){ .name = "Größe", .host = 3 }, "Größe");
	assert_name((struct zip_member){ .name = "Größe", .flags = ZIP_FLAG_UTF8 }, "Größe");
	assert_member_refused((struct zip_member){ .name = "Gr\x94\xe1"
							   "e",
						   .host = 3 },
			      ERROR_REFUSED,
			      "entry \"Gr\\x94\\xe1e\": its name is not UTF-8, and nothing says what it is");
	assert_member_refused((struct zip_member){ .name = "caf\xe9", .flags = ZIP_FLAG_UTF8 }, ERROR_REFUSED,
			      "marked as UTF-8 but is not");
	assert_member_refused((struct zip_member){ .name = "good.sh\0.txt", .name_bytes = 12 }, ERROR_REFUSED,
			      "holds a NUL byte");
}

/* An Info-ZIP Unicode path for `name`. */
static void build_unicode_path(struct strbuf *extra, const char *name, const char *unicode)
{
	zip_add16(extra, 0x7075);
	zip_add16(extra, (uint16_t)(5 + strlen(unicode)));
	strbuf_add_char(extra, 1);
	zip_add32(extra, zip_crc32(name, strlen(name)));
	strbuf_add_str(extra, unicode);
}

static void test_unicode_path(void **state)
{
	CLEANUP_STRBUF struct strbuf good = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf contradicting = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf others = STRBUF_INIT;
	struct zip_member member = { .name = "ok.txt" };

	(void)state;
	build_unicode_path(&contradicting, "ok.txt", "../evil.txt");
	member.extra = contradicting.data;
	member.extra_bytes = contradicting.length;
	assert_member_refused(member, ERROR_REFUSED, "Unicode path that contradicts it");
	build_unicode_path(&others, "other.txt", "ok.txt");
	member.extra = others.data;
	member.extra_bytes = others.length;
	assert_member_refused(member, ERROR_REFUSED, "belongs to another name");
	build_unicode_path(&good, "ok.txt", "ok.txt");
	member.extra = good.data;
	member.extra_bytes = good.length;
	assert_name(member, "ok.txt");
	build_unicode_path(&good, "ok.txt", "ok.txt");
	member.extra = good.data;
	member.extra_bytes = good.length;
	assert_member_refused(member, ERROR_REFUSED, "two Unicode paths");
}

static void test_entry_limit(void **state)
{
	CLEANUP_STRBUF struct strbuf zip = STRBUF_INIT;
	static struct zip_member members[101];

	(void)state;
	for (size_t i = 0; i < SIZE(members); i++)
		members[i].name = "a";
	zip_build(&zip, members, SIZE(members), NULL);
	assert_refused(&zip, ERROR_REFUSED, "more than 100 entries");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_no_entries),
		cmocka_unit_test(test_header_and_directory_contradict),
		cmocka_unit_test(test_descriptor),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_data_beyond_the_directory),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_every_byte_changed),
		cmocka_unit_test(test_zip64),
		cmocka_unit_test(test_zip64_sizes),
		cmocka_unit_test(test_special_files),
		cmocka_unit_test(test_encrypted_and_unsupported),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_unicode_path),
		cmocka_unit_test(test_entry_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
