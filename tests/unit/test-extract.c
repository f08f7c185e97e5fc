// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/extract.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

typedef int (*enable)(struct archive *);

static const struct kind {
	const char *name;
	enable format;
	enable filter;
} kinds[] = {
	{ "zip", archive_write_set_format_zip, archive_write_add_filter_none },
	{ "7z", archive_write_set_format_7zip, archive_write_add_filter_none },
	{ "tar", archive_write_set_format_pax_restricted, archive_write_add_filter_none },
	{ "tar.gz", archive_write_set_format_gnutar, archive_write_add_filter_gzip },
	{ "tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz },
	{ "tar.zst", archive_write_set_format_pax, archive_write_add_filter_zstd },
	{ "tar.bz2", archive_write_set_format_ustar, archive_write_add_filter_bzip2 },
};

static const struct kind *const zip = &kinds[0], *const tar = &kinds[2];

struct item {
	const char *name;
	mode_t mode; /* with the type; 0: a file, 0644 */
	const char *content;
	const char *symlink;
	const char *hardlink;
};

static const struct item small = { .name = "a", .content = "text" };

static char top[32];
static char *archive_path;
static char *target;

static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-extract-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	archive_path = fs_join(top, "archive");
	target = fs_join(top, "target");
	return 0;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	free(TAKE(archive_path));
	free(TAKE(target));
	return fs_remove_tree(top, &err) ? 0 : -1;
}

static void write_item(struct archive *archive, const struct item *item)
{
	struct archive_entry *entry = archive_entry_new();
	size_t length = item->content ? strlen(item->content) : 0;

	archive_entry_set_pathname(entry, item->name);
	archive_entry_set_mode(entry, item->mode ? item->mode : S_IFREG | 0644);
	archive_entry_set_size(entry, (la_int64_t)length);
	archive_entry_set_mtime(entry, 1440633307, 0);
	archive_entry_set_uid(entry, 12345);
	if (item->symlink)
		archive_entry_set_symlink(entry, item->symlink);
	if (item->hardlink)
		archive_entry_set_hardlink(entry, item->hardlink);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	if (length)
		assert_int_equal(archive_write_data(archive, item->content, length), length);
	archive_entry_free(entry);
}

/* `options` may be NULL. */
static void write_archive(const struct kind *kind, const char *options, const struct item *items, size_t count)
{
	struct archive *archive = archive_write_new();

	assert_int_equal(kind->format(archive), ARCHIVE_OK);
	assert_int_equal(kind->filter(archive), ARCHIVE_OK);
	if (options) {
		assert_int_equal(archive_write_set_options(archive, options), ARCHIVE_OK);
		assert_int_equal(archive_write_set_passphrase(archive, "secret"), ARCHIVE_OK);
	}
	assert_int_equal(archive_write_open_filename(archive, archive_path), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		write_item(archive, &items[i]);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
}

/* Changes one byte in the `index`th copy of a stored content in the archive. */
static void damage_content(const char *content, size_t index)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf bytes = STRBUF_INIT;
	char *at;

	assert_true(fs_read_file(archive_path, 64 << 20, &bytes, &err));
	at = bytes.data;
	for (size_t i = 0; i <= index; i++) {
		at = memmem(at + 1, bytes.length - (size_t)(at + 1 - bytes.data), content, strlen(content));
		assert_non_null(at);
	}
	at[strlen(content) - 1] ^= 1;
	assert_true(fs_write_atomic(archive_path, bytes.data, bytes.length, FS_MODE_FILE, &err));
}

/* Nothing but the archive is left. */
static void assert_nothing_left(void)
{
	CLEANUP_DIR DIR *dir = opendir(top);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
			assert_string_equal(entry->d_name, "archive");
}

static void assert_refused_with(const struct extract_limits *limits, enum error_code code, const char *words)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct extract_result result = { .format = NULL };

	assert_false(extract_archive(archive_path, target, limits, &result, &err));
	if (err.code != code || !strstr(err.message, words))
		fail_msg("not %d with '%s' but %d: %s", (int)code, words, (int)err.code, err.message);
	assert_non_null(strstr(err.message, archive_path));
	assert_null(result.format);
	assert_nothing_left();
}

static void assert_refused(enum error_code code, const char *words)
{
	assert_refused_with(&extract_default_limits, code, words);
}

static void assert_item_refused(const struct kind *kind, struct item item, const char *words)
{
	const struct item items[] = { { .name = "good", .content = "good" }, item };

	write_archive(kind, NULL, items, SIZE(items));
	assert_refused(ERROR_REFUSED, words);
}

static void assert_file(const char *name, const char *content, mode_t mode)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FREE char *path = fs_join(target, name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, mode);
	assert_int_equal(st.st_uid, geteuid());
	if (S_ISDIR(mode))
		return;
	assert_int_equal(st.st_mtime, 1440633307);
	assert_true(fs_read_file(path, 8 << 20, &text, &err));
	assert_string_equal(text.data, content);
}

static void test_round_trip(void **state)
{
	static const struct item items[] = {
		{ .name = "./", .mode = S_IFDIR | 0755 },
		{ .name = "AOSService", .mode = S_IFDIR | 0700 },
		{ .name = "AOSService/Scripts/Größe 1.sh", .mode = S_IFREG | 0755, .content = "exit 0\n" },
		{ .name = "AOSService/empty", .mode = S_IFREG | 0600 },
		{ .name = "deep/er/file", .mode = S_IFREG | 0466, .content = "text" },
	};

	(void)state;
	for (size_t i = 0; i < SIZE(kinds); i++) {
		CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };
		CLEANUP_ERROR struct error err = ERROR_INIT;

		write_archive(&kinds[i], NULL, items, SIZE(items));
		if (!extract_archive(archive_path, target, &extract_default_limits, &result, &err))
			fail_msg("%s: %s", kinds[i].name, err.message);
		assert_string_equal(result.format, kinds[i].name);
		assert_int_equal(result.files, 3);
		assert_int_equal(result.folders, 4);
		assert_int_equal(result.bytes, 11);
		assert_file("AOSService", NULL, S_IFDIR | 0755);
		assert_file("AOSService/Scripts/Größe 1.sh", "exit 0\n", S_IFREG | 0755);
		assert_file("AOSService/empty", "", S_IFREG | 0644);
		assert_file("deep/er/file", "text", S_IFREG | 0644);
		assert_true(fs_remove_tree(target, &err));
		assert_nothing_left();
	}
}

static void test_links_and_special_files(void **state)
{
	const struct item symlink_item = { .name = "link", .mode = S_IFLNK | 0777, .symlink = "/etc/passwd" };

	(void)state;
	assert_item_refused(tar, symlink_item, "entry \"link\": is a symbolic link");
	assert_item_refused(zip, symlink_item, "entry \"link\": is a symbolic link");
	assert_item_refused(&kinds[1], symlink_item, "entry \"link\": is a symbolic link");
	assert_item_refused(tar, (struct item){ .name = "link", .hardlink = "good" }, "is a hard link");
	assert_item_refused(tar, (struct item){ .name = "pipe", .mode = S_IFIFO | 0644 }, "is a device, FIFO");
	assert_item_refused(tar, (struct item){ .name = "device", .mode = S_IFCHR | 0644 }, "is a device, FIFO");
	assert_item_refused(tar, (struct item){ .name = "su", .mode = S_IFREG | 04755 }, "has a set-id bit");
	assert_item_refused(zip, (struct item){ .name = "su", .mode = S_IFREG | 02755 }, "has a set-id bit");
}

static void test_names(void **state)
{
	(void)state;
	assert_item_refused(tar, (struct item){ .name = "../evil" }, "entry \"../evil\": its name leaves its folder");
	assert_item_refused(zip, (struct item){ .name = "a\\..\\..\\evil" }, "leaves its folder");
	assert_item_refused(tar, (struct item){ .name = "/etc/cron.d/evil" }, "is absolute");
	assert_item_refused(zip, (struct item){ .name = "C:\\evil" }, "has a drive letter");
	assert_item_refused(tar, (struct item){ .name = "a\x1b[2J" }, "entry \"a\\x1b[2J\": its name holds a control");
	assert_item_refused(tar, (struct item){ .name = "GOOD" }, "differs from \"good\" only by case");
	assert_item_refused(tar, (struct item){ .name = "good" }, "is there twice");
	assert_item_refused(zip, (struct item){ .name = "good/better" }, "both a file and a folder");
}

static void test_encrypted(void **state)
{
	static const struct item items[] = { { .name = "secret", .content = "secret" } };

	(void)state;
	write_archive(zip, "zip:encryption=zipcrypt", items, SIZE(items));
	assert_refused(ERROR_REFUSED, "entry \"secret\": is encrypted");
	write_archive(zip, "zip:encryption=aes256", items, SIZE(items));
	assert_refused(ERROR_REFUSED, "entry \"secret\": is encrypted");
}

static void test_limits(void **state)
{
	static const struct item items[] = { { .name = "a/b/c", .content = "12345" },
					     { .name = "d", .content = "1234" } };
	struct extract_limits limits = extract_default_limits;
	const struct kind *const both[] = { zip, tar };

	(void)state;
	for (size_t i = 0; i < SIZE(both); i++) {
		write_archive(both[i], NULL, items, SIZE(items));
		limits.entries = 1;
		assert_refused_with(&limits, ERROR_REFUSED, "more than 1 entries");
		limits = extract_default_limits;
		limits.file_bytes = 4;
		assert_refused_with(&limits, ERROR_REFUSED, "entry \"a/b/c\": is larger than the limit of 4 bytes");
		limits = extract_default_limits;
		limits.total_bytes = 8;
		assert_refused_with(&limits, ERROR_REFUSED, "exceed the limit of 8 bytes");
		limits = extract_default_limits;
		limits.depth = 1;
		assert_refused_with(&limits, ERROR_REFUSED, "lies deeper than the limit");
		limits = extract_default_limits;
		limits.path_bytes = 4;
		assert_refused_with(&limits, ERROR_REFUSED, "is longer than the limit");
		limits = extract_default_limits;
	}
}

/* A hundred megabytes of nothing: in a tar file, so that its header tells the truth. */
static void write_bomb(const struct kind *kind, size_t blocks)
{
	static char block[1 << 20];
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	assert_int_equal(kind->format(archive), ARCHIVE_OK);
	assert_int_equal(kind->filter(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(archive, archive_path), ARCHIVE_OK);
	archive_entry_set_pathname(entry, "zeros");
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_size(entry, (la_int64_t)(blocks * sizeof(block)));
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	for (size_t i = 0; i < blocks; i++)
		assert_int_equal(archive_write_data(archive, block, sizeof(block)), sizeof(block));
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(archive);
}

static void test_bombs(void **state)
{
	(void)state;
	write_bomb(zip, 80);
	assert_refused(ERROR_REFUSED, "entry \"zeros\": the archive unpacks to more than 200 times its size");
	write_bomb(&kinds[5], 80);
	assert_refused(ERROR_REFUSED, "more than 200 times its size");
}

static void test_sparse(void **state)
{
	CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *content = xcalloc(1000000, 1);
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct stat st;

	(void)state;
	(void)memcpy(content + 300000, "xyz", 3);
	assert_int_equal(archive_write_set_format_pax(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(archive, archive_path), ARCHIVE_OK);
	archive_entry_set_pathname(entry, "sparse");
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_size(entry, 1000000);
	archive_entry_sparse_add_entry(entry, 300000, 3);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, content, 1000000), 1000000);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(archive);
	assert_int_equal(stat(archive_path, &st), 0);
	assert_true(st.st_size < 20000);
	assert_true(extract_archive(archive_path, target, &extract_default_limits, &result, &err));
	assert_int_equal(result.bytes, 1000000); /* holes count as what they become */
}

static char *pseudo_random(size_t length)
{
	char *text = xmalloc(length + 1);
	uint32_t number = 1;

	for (size_t i = 0; i < length; i++) {
		number = number * UINT32_C(1664525) + UINT32_C(1013904223);
		text[i] = (char)('!' + (number >> 24) % 90);
	}
	text[length] = '\0';
	return text;
}

/* Whole files as they end after a broken download or a full disk. Tar without compression is padded: what lacks there, lacks nobody. */
static void test_truncated(void **state)
{
	CLEANUP_FREE char *content = pseudo_random(30000);
	const struct item items[] = { { .name = "a", .content = content }, { .name = "b", .content = "last" } };

	(void)state;
	for (size_t i = 0; i < SIZE(kinds); i++) {
		struct stat st;
		off_t step;

		write_archive(&kinds[i], NULL, items, SIZE(items));
		assert_int_equal(stat(archive_path, &st), 0);
		step = st.st_size / 12;
		if (&kinds[i] == tar)
			st.st_size = 32768 - 512; /* to the end of the data */
		for (off_t size = st.st_size - 1; size >= 0; size -= size > st.st_size - 16 ? 1 : step) {
			assert_int_equal(truncate(archive_path, size), 0);
			assert_refused(ERROR_INPUT, "");
		}
	}
}

/* One byte of the content changed, where nothing but a checksum can tell. */
static void test_flipped_bits(void **state)
{
	CLEANUP_FREE char *content = pseudo_random(30000);
	const struct item items[] = { { .name = "a", .content = content } };

	(void)state;
	for (size_t i = 0; i < SIZE(kinds); i++) {
		CLEANUP_FD int fd = -1;
		struct stat st;
		char byte;

		if (&kinds[i] == tar || strcmp(kinds[i].name, "tar.zst") == 0)
			continue; /* these have no checksum of the content, the latter because libarchive does not ask for one */
		write_archive(&kinds[i], NULL, items, SIZE(items));
		fd = open(archive_path, O_RDWR | O_CLOEXEC);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(pread(fd, &byte, 1, st.st_size / 2), 1);
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, st.st_size / 2), 1);
		assert_refused(ERROR_INPUT, "");
	}
}

/* So large that a process of its own decompresses it. */
static void test_large_compressed(void **state)
{
	enum { BYTES = 3000000 };
	CLEANUP_FREE char *content = pseudo_random(BYTES);
	const struct item items[] = { { .name = "large", .content = content }, { .name = "small", .content = "x" } };

	(void)state;
	for (size_t i = 3; i < SIZE(kinds); i++) {
		CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };
		CLEANUP_ERROR struct error err = ERROR_INIT;
		struct stat st;

		write_archive(&kinds[i], NULL, items, SIZE(items));
		assert_true(stat(archive_path, &st) == 0 && st.st_size > 2000000);
		if (!extract_archive(archive_path, target, &extract_default_limits, &result, &err))
			fail_msg("%s: %s", kinds[i].name, err.message);
		assert_int_equal(result.bytes, BYTES + 1);
		assert_file("large", content, S_IFREG | 0644);
		assert_true(fs_remove_tree(target, &err));
		assert_int_equal(truncate(archive_path, st.st_size - 20), 0);
		assert_refused(ERROR_INPUT, "");
		assert_int_equal(truncate(archive_path, st.st_size / 2), 0);
		assert_refused(ERROR_INPUT, "");
	}
}

static void put(const char *bytes, size_t length)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_write_atomic(archive_path, bytes, length, FS_MODE_FILE, &err));
}

/* The dictionary of 7z is larger than that. */
static void test_memory(void **state)
{
	struct extract_limits limits = extract_default_limits;

	(void)state;
	limits.memory_bytes = 3 << 20;
	write_archive(&kinds[1], NULL, &small, 1);
	assert_refused_with(&limits, ERROR_REFUSED, "memory"); /* in other words if a sanitizer is in charge of it */
}

static void dawdle(void *context, const struct extract_progress *progress)
{
	const struct timespec longer_than_a_second = { 1, 100000000 };

	assert_int_equal(nanosleep(&longer_than_a_second, NULL), 0);
}

static void test_time(void **state)
{
	struct extract_limits limits = extract_default_limits;
	const struct extract_request request = { archive_path, target, &limits, dawdle, NULL };
	struct extract_result result = { .format = NULL };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	limits.seconds = 1;
	write_archive(tar, NULL, &small, 1);
	assert_false(extract_run(&request, &result, &err));
	assert_non_null(strstr(err.message, "takes longer than the limit of 1 seconds"));
	assert_nothing_left();
}

static void kill_myself(void *context, const struct extract_progress *progress)
{
	(void)raise(SIGKILL);
}

static size_t count_entries(void)
{
	CLEANUP_DIR DIR *dir = opendir(top);
	struct dirent *entry;
	size_t count = 0;

	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	return count;
}

/* What a killed extraction leaves is one folder, which the next one removes; nothing goes on behind its back. */
static void test_killed(void **state)
{
	const struct extract_request request = { archive_path, target, &extract_default_limits, kill_myself, NULL };
	CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	int status = 0;
	pid_t pid;

	(void)state;
	write_archive(zip, NULL, &small, 1);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	if (!(pid = fork()))
		_exit(extract_run(&request, &result, &err));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	/* What it has started ends a little later; until then the folder is in use. */
	while (wait(NULL) > 0)
		continue;
	assert_int_equal(count_entries(), 2);
	assert_int_equal(access(target, F_OK), -1);
	assert_true(extract_archive(archive_path, target, &extract_default_limits, &result, &err));
	assert_int_equal(count_entries(), 2);
	assert_int_equal(access(target, F_OK), 0);
}

/* Enough for all processors, with two files that are damaged: the first in the archive is named, whoever comes upon which first. */
static void test_first_of_two_errors(void **state)
{
	enum { FILES = 3000, FIRST = 700, SECOND = 2900 };
	CLEANUP_FREE char *content = pseudo_random(1000);
	struct item *items = xcalloc(FILES, sizeof(*items));

	(void)state;
	for (size_t i = 0; i < FILES; i++)
		items[i] = (struct item){ .name = xasprintf("%zu/%zu", i % 7, i), .content = content };
	write_archive(zip, "zip:compression=store", items, FILES);
	damage_content(content, FIRST);
	damage_content(content, SECOND);
	for (int i = 0; i < 4; i++)
		assert_refused(ERROR_INPUT, "entry \"0/700\": is damaged: its checksum (CRC-32) is wrong");
	for (size_t i = 0; i < FILES; i++)
		free((char *)items[i].name);
	free(items);
}

static void test_no_archives(void **state)
{
	static const char html[] = "<!DOCTYPE html><html><body>404 Not Found</body></html>";
	static const char empty_zip[22] = "PK\5\6";

	(void)state;
	put("", 0);
	assert_refused(ERROR_INPUT, "looks like an empty file");
	put(html, sizeof(html) - 1);
	assert_refused(ERROR_INPUT, "looks like HTML");
	put(empty_zip, sizeof(empty_zip));
	assert_refused(ERROR_INPUT, "the archive is empty");
	write_archive(tar, NULL, NULL, 0);
	assert_refused(ERROR_INPUT, "looks like zeros");
	write_archive(&kinds[3], NULL, NULL, 0);
	assert_refused(ERROR_INPUT, "the archive is empty");
}

/* An archive in two layers of compression is not taken apart; nor is a compressed file that holds none. */
static void test_layers(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf inner = STRBUF_INIT;
	static const struct kind twice = { "gz.gz", archive_write_set_format_raw, archive_write_add_filter_gzip };
	struct item layer = { .name = "data", .content = "just text" };

	(void)state;
	write_archive(&twice, NULL, &layer, 1);
	assert_refused(ERROR_INPUT, "no tar archive");
	write_archive(&kinds[4], NULL, &small, 1);
	assert_true(fs_read_file(archive_path, 1 << 20, &inner, &err));
	layer.content = inner.data;
	write_archive(&twice, NULL, &layer, 1);
	assert_refused(ERROR_INPUT, "");
}

static void test_archive_that_is_no_file(void **state)
{
	(void)state;
	assert_refused(ERROR_INPUT, "no such file");
	assert_int_equal(mkfifo(archive_path, 0600), 0);
	assert_refused(ERROR_INPUT, "not a regular file");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),
		TEST(test_links_and_special_files),
		TEST(test_names),
		TEST(test_encrypted),
		TEST(test_limits),
		TEST(test_bombs),
		TEST(test_sparse),
		TEST(test_truncated),
		TEST(test_flipped_bits),
		TEST(test_no_archives),
		TEST(test_large_compressed),
		TEST(test_memory),
		TEST(test_time),
		TEST(test_killed),
		TEST(test_first_of_two_errors),
		TEST(test_layers),
		TEST(test_archive_that_is_no_file),
	};

	/* Names of archives that the test writes with libarchive. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
