// SPDX-License-Identifier: MIT
/*
 * Any bytes as an archive: what is unpacked in the cage, here without it. Whatever comes, the tree passes the second look if the archive is accepted, and a
 * refusal is one of the archive's and can be shown on a terminal.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/cage.h"
#include "packages/extract_job.h"
#include "packages/tree_check.h"
#include "runbook/base/fs.h"
#include "runbook/base/utf8.h"

/* So little that a zip file is never worth a second process. */
static const struct extract_limits limits = {
	.entries = 150,
	.file_bytes = 1 << 20,
	.total_bytes = 1 << 20,
	.ratio = 200,
	.depth = 8,
	.path_bytes = 300,
};

static char folder[] = "/dev/shm/fuzz-archive-XXXXXX";
static char *tree_path;
static int archive_fd;
static int report_fd;

static void remove_folder(void)
{
	struct error err = ERROR_INIT;

	(void)fs_remove_tree(folder, &err);
	error_release(&err);
	free(tree_path);
}

static void prepare(void)
{
	if (tree_path)
		return;
	if (!mkdtemp(folder))
		must(mkdtemp(memcpy(folder, "/tmp/fuzz-archive-XXXXXX", sizeof("/tmp/fuzz-archive-XXXXXX"))));
	tree_path = fs_join(folder, "tree");
	archive_fd = memfd_create("archive", MFD_CLOEXEC);
	report_fd = memfd_create("report", MFD_CLOEXEC);
	must(archive_fd >= 0 && report_fd >= 0 && atexit(remove_folder) == 0);
	(void)umask(0);
}

/* An empty file again, with these bytes. */
static void refill(int fd, const void *data, size_t size)
{
	must(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	must(pwrite(fd, data, size, 0) == (ssize_t)size);
}

static void read_report(struct report_reader *reader)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char buffer[8192];
	ssize_t got;

	must(lseek(report_fd, 0, SEEK_SET) == 0);
	while ((got = read(report_fd, buffer, sizeof(buffer))) > 0)
		must(report_reader_add(reader, buffer, (size_t)got, &err));
	must(got == 0 && report_reader_finish(reader, &err));
}

static void check_accepted(int tree_fd, uint64_t bytes)
{
	CLEANUP(report_reader_release) struct report_reader reader;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct tree_count count;

	report_reader_init(&reader, limits.entries);
	read_report(&reader);
	must(reader.format && !error_is_set(&reader.error));
	must(tree_check(tree_fd, &reader, limits.depth, &count, &err));
	must(count.files == reader.count && count.bytes == bytes && bytes <= limits.total_bytes);
}

static void check_refused(const struct error *err)
{
	must(err->code == ERROR_INPUT || err->code == ERROR_REFUSED);
	must(*err->message && !utf8_has_control(err->message));
	must(utf8_valid_prefix(err->message, strlen(err->message)) == strlen(err->message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cage none = { .tree_fd = -1 };
	struct extract_shared shared = { .failed_at = UINT64_MAX };
	struct extract_job job = { .limits = &limits, .shared = &shared, .cage = &none, .archive_bytes = size };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error removal = ERROR_INIT;
	CLEANUP_FD int tree_fd = -1;

	prepare();
	refill(archive_fd, data, size);
	refill(report_fd, "", 0);
	must(mkdir(tree_path, 0755) == 0);
	tree_fd = open(tree_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	job.archive_fd = archive_fd;
	job.tree_fd = tree_fd;
	job.report.fd = report_fd;
	if (extract_unpack(&job, &err)) {
		must(report_flush(&job.report));
		check_accepted(tree_fd, atomic_load(&shared.bytes));
	} else {
		check_refused(&err);
	}
	must(fs_remove_tree(tree_path, &removal));
	return 0;
}
