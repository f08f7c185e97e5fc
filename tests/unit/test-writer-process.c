// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/cage.h"
#include "packages/writer_process.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { SMALL_FILES = 500, LARGE_BYTES = 3 * 1024 * 1024 + 5, REPORT_BYTES = 1024 * 1024, FILES_OF_A_BATCH = 64 };

static char top[40];
static const struct cage cage = { .cpu_seconds = 60 };

/* What a writer works for, and what it reports. */
struct scene {
	struct extract_job job;
	int reports[2];
	struct writer_process *process;
};

static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-writer-process-XXXXXX");
	(void)umask(0);
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	return fs_remove_tree(top, &err) ? 0 : -1;
}

static void start(struct scene *scene, int report_bytes)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_int_equal(pipe2(scene->reports, O_CLOEXEC), 0);
	assert_true(fcntl(scene->reports[1], F_SETPIPE_SZ, report_bytes) >= report_bytes);
	scene->job = (struct extract_job){ .tree_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
					   .cage = &cage,
					   .report = { .fd = scene->reports[1] } };
	assert_true(writer_process_start(&scene->job, &scene->process, &err));
	cleanup_fd_(&scene->reports[1]);
	scene->reports[1] = -1;
}

static void scene_release(struct scene *scene)
{
	writer_process_free(scene->process);
	cleanup_fd_(&scene->reports[0]);
	cleanup_fd_(&scene->job.tree_fd);
}

/* False: the process is gone. */
static bool hand_over(struct scene *scene, const char *path, const char *content, size_t length)
{
	const struct file_head head = { path, { 1440633307, 0 }, length % 2 };

	if (!writer_process_begin(scene->process, &head, 7))
		return false;
	while (length) {
		size_t room = 0;
		void *to = writer_process_room(scene->process, &room);

		if (!to)
			return false;
		room = room < length ? room : length;
		(void)memcpy(to, content, room);
		writer_process_add(scene->process, room);
		content += room;
		length -= room;
	}
	return writer_process_end(scene->process);
}

static void read_reports(const struct scene *scene, struct report_reader *reader)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char buffer[4096];
	ssize_t got;

	report_reader_init(reader, 1000);
	while ((got = read(scene->reports[0], buffer, sizeof(buffer))) > 0)
		assert_true(report_reader_add(reader, buffer, (size_t)got, &err));
	assert_int_equal(got, 0);
	assert_true(report_reader_finish(reader, &err));
}

static char *content_of(size_t length)
{
	char *content = xmalloc(length + 1);

	for (size_t i = 0; i < length; i++)
		content[i] = (char)((i * 7 + length + i / 4096) & 0xff);
	return content;
}

static void assert_written(const struct report_file *file, const char *path, size_t length)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *content = content_of(length);
	CLEANUP_FREE char *full = fs_join(top, path);
	CLEANUP_STRBUF struct strbuf found = STRBUF_INIT;
	char digest[DIGEST_TEXT_SIZE];
	struct stat st;

	assert_string_equal(file->path, path);
	assert_int_equal(file->size_bytes, length);
	assert_int_equal(file->executable, length % 2);
	digest_bytes(content, length, digest);
	assert_string_equal(file->digest, digest);
	assert_true(fs_read_file(full, LARGE_BYTES, &found, &err));
	assert_int_equal(found.length, length);
	assert_memory_equal(found.data, content, length);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mtime, 1440633307);
	assert_int_equal(st.st_mode & 0777, length % 2 ? 0755 : 0644);
}

static size_t length_of(int number)
{
	return number == SMALL_FILES / 2 ? LARGE_BYTES : (size_t)number * 41;
}

/* Empty ones, small ones that share a batch and one that needs many; in a folder that has to be made. */
static void test_files(void **state)
{
	struct scene scene;
	struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	start(&scene, REPORT_BYTES);
	for (int i = 0; i < SMALL_FILES; i++) {
		CLEANUP_FREE char *path = xasprintf("folder/%03d", i);
		CLEANUP_FREE char *content = content_of(length_of(i));

		assert_true(hand_over(&scene, path, content, length_of(i)));
	}
	assert_true(writer_process_finish(scene.process, &err));
	read_reports(&scene, &reader);
	assert_false(error_is_set(&reader.error));
	assert_int_equal(reader.count, SMALL_FILES);
	for (int i = 0; i < SMALL_FILES; i++) {
		CLEANUP_FREE char *path = xasprintf("folder/%03d", i);

		assert_written(&reader.files[i], path, length_of(i));
	}
	report_reader_release(&reader);
	scene_release(&scene);
}

/* It says itself what went wrong, and where. Whoever goes on is told. */
static void test_failure(void **state)
{
	struct scene scene;
	struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *content = content_of(LARGE_BYTES);

	(void)state;
	start(&scene, REPORT_BYTES);
	assert_true(hand_over(&scene, "twice", "x", 1));
	assert_true(hand_over(&scene, "twice", "x", 1));
	for (int i = 0; i < 100; i++) {
		CLEANUP_FREE char *path = xasprintf("later-%d", i);

		if (!hand_over(&scene, path, content, LARGE_BYTES))
			break;
		assert_true(i < 50);
	}
	assert_false(writer_process_finish(scene.process, &err));
	assert_string_equal(err.message, "the process that writes ended early (exit code 1)");
	read_reports(&scene, &reader);
	assert_int_equal(reader.count, 1);
	assert_int_equal(reader.error_order, 7);
	assert_string_equal(reader.error.message, "twice: cannot be written: File exists");
	report_reader_release(&reader);
	scene_release(&scene);
}

/* It stands still as nobody reads its reports: then small files are not handed over any more. */
static void test_enough_to_do(void **state)
{
	static const struct file_head head = { .path = "file" };
	struct scene scene;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char buffer[4096];
	pid_t reader;
	int count = 0;

	(void)state;
	start(&scene, 4096);
	assert_true(writer_process_takes(scene.process, &head, 1));
	while (count < 30 * FILES_OF_A_BATCH && writer_process_takes(scene.process, &head, 1)) {
		CLEANUP_FREE char *path = xasprintf("waiting-%d", count++);

		assert_true(hand_over(&scene, path, "x", 1));
	}
	assert_in_range(count, 8 * FILES_OF_A_BATCH, 20 * FILES_OF_A_BATCH);
	assert_false(writer_process_takes(scene.process, &head, 1));
	assert_true(writer_process_takes(scene.process, &head, LARGE_BYTES));
	assert_true(writer_process_takes(scene.process, &head, -1));
	reader = fork();
	if (reader == 0) {
		while (read(scene.reports[0], buffer, sizeof(buffer)) > 0)
			;
		_exit(0);
	}
	assert_true(writer_process_finish(scene.process, &err));
	assert_int_equal(waitpid(reader, NULL, 0), reader);
	scene_release(&scene);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_files), TEST(test_failure), TEST(test_enough_to_do) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
