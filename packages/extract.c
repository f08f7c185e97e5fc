// SPDX-License-Identifier: MIT
#include "packages/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "packages/cage.h"
#include "packages/digest_list.h"
#include "packages/extract_unpack.h"
#include "packages/package_reader.h"
#include "packages/stage.h"
#include "packages/tree_check.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

enum { PIPE_BYTES = 256 * 1024, PROGRESS_MS = 200, MS_NS = 1000000 };

/* Even the slowest method unpacks what the ratio allows in less time. */
enum { CPU_SECONDS = 8, CPU_BYTES_PER_SECOND = 64 * 1024 };

const struct extract_limits extract_default_limits = {
	.entries = 500000,
	.file_bytes = UINT64_C(16) << 30,
	.total_bytes = UINT64_C(64) << 30,
	.ratio = 200,
	.depth = 64,
	.path_bytes = 1024,
	.memory_bytes = UINT64_C(256) << 20,
	.seconds = 0,
};

/* One extraction under way, as who waits for it sees it. */
struct extraction {
	const struct extract_request *request;
	struct stage stage;
	int archive_fd;
	int reports[2]; /* a pipe */
	struct cage cage;
	struct extract_job job;
	struct report_reader reader;
	pid_t pid;
	int64_t deadline_ns; /* 0: none */
};

void extract_result_release(struct extract_result *result)
{
	free(result->format);
	*result = (struct extract_result){ .format = NULL };
}

static void extraction_release(struct extraction *extraction)
{
	cleanup_fd_(&extraction->archive_fd);
	cleanup_fd_(&extraction->reports[0]);
	cleanup_fd_(&extraction->reports[1]);
	if (extraction->job.shared)
		(void)munmap(extraction->job.shared, sizeof(*extraction->job.shared));
	report_reader_release(&extraction->reader);
	stage_release(&extraction->stage);
}

static bool share_a_page(struct extract_job *job, struct error *err)
{
	void *page = mmap(NULL, sizeof(*job->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_set_errno(err, errno, "cannot share memory");
	job->shared = page;
	atomic_store(&job->shared->failed_at, UINT64_MAX);
	return true;
}

static bool prepare(struct extraction *extraction, struct error *err)
{
	const struct extract_request *request = extraction->request;
	struct extract_job *job = &extraction->job;
	off_t size = 0;

	if (!stage_open(&extraction->stage, request->target, err) ||
	    !fs_open_regular(request->archive, &extraction->archive_fd, &size, err) || !share_a_page(job, err))
		return false;
	if (pipe2(extraction->reports, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	(void)fcntl(extraction->reports[1], F_SETPIPE_SZ, PIPE_BYTES);
	extraction->cage = (struct cage){
		.tree_fd = extraction->stage.tree_fd,
		.kept = { extraction->archive_fd, extraction->reports[1] },
		.memory_bytes = request->limits->memory_bytes,
		.file_bytes = request->limits->file_bytes,
		.cpu_seconds = CPU_SECONDS + (unsigned)((uint64_t)size / CPU_BYTES_PER_SECOND),
	};
	job->archive_fd = extraction->archive_fd;
	job->archive_bytes = (uint64_t)size;
	job->tree_fd = extraction->stage.tree_fd;
	job->cage = &extraction->cage;
	job->limits = request->limits;
	job->report.fd = extraction->reports[1];
	report_reader_init(&extraction->reader, request->limits->entries);
	if (request->limits->seconds)
		extraction->deadline_ns = clock_boot_ns() + (int64_t)request->limits->seconds * 1000000000;
	return true;
}

bool extract_unpack(struct extract_job *job, struct error *err)
{
	CLEANUP(file_window_release) struct file_window file = { .fd = -1 };
	enum file_kind kind = FILE_IS_UNKNOWN;

	file_window_init(&file, job->archive_fd, job->archive_bytes);
	if (!package_reader_probe(&file, &kind, err))
		return false;
	return kind == FILE_IS_ZIP ? extract_zip(job, &file, err) : extract_stream(job, &file, err);
}

/* Locales, time zones and libcrypto's settings are files, which cannot be opened in the cage. */
static bool load_before_the_cage(struct error *err)
{
	digest_free(digest_new());
	tzset();
	return package_reader_prepare(err);
}

static int run_caged(void *context)
{
	struct extract_job *job = context;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool fine;

	(void)umask(0);
	fine = load_before_the_cage(&err) && cage_enter(job->cage, &err) && extract_unpack(job, &err);
	if (!fine)
		(void)report_error(&job->report, job->error_order, &err);
	return report_flush(&job->report) && fine ? 0 : ERROR_SYSTEM;
}

static void show_progress(const struct extraction *extraction)
{
	const struct extract_request *request = extraction->request;
	struct extract_shared *shared = extraction->job.shared;

	if (request->on_progress)
		request->on_progress(request->context, &(struct extract_progress){ atomic_load(&shared->files),
										   atomic_load(&shared->bytes),
										   atomic_load(&shared->done),
										   atomic_load(&shared->total) });
}

/* How long to wait for a report. */
static int wait_ms(const struct extraction *extraction)
{
	int64_t rest_ms = -1;

	if (extraction->deadline_ns) {
		rest_ms = (extraction->deadline_ns - clock_boot_ns()) / MS_NS + 1;
		rest_ms = rest_ms < 0 ? 0 : rest_ms < INT32_MAX ? rest_ms : INT32_MAX;
	}
	if (extraction->request->on_progress && (rest_ms < 0 || rest_ms > PROGRESS_MS))
		rest_ms = PROGRESS_MS;
	return (int)rest_ms;
}

static bool is_late(const struct extraction *extraction, struct error *err)
{
	if (!extraction->deadline_ns || clock_boot_ns() < extraction->deadline_ns)
		return false;
	(void)error_set(err, ERROR_REFUSED, "takes longer than the limit of %u seconds",
			extraction->request->limits->seconds);
	return true;
}

/* Reads reports until all who could write some have ended. */
static bool listen_to_reports(struct extraction *extraction, struct error *err)
{
	CLEANUP_FREE char *buffer = xmalloc(PIPE_BYTES);
	struct pollfd wait = { extraction->reports[0], POLLIN, 0 };

	for (;;) {
		int ready = poll(&wait, 1, wait_ms(extraction));
		ssize_t got = ready > 0 ? read(wait.fd, buffer, PIPE_BYTES) : 1;

		if (is_late(extraction, err))
			return false;
		show_progress(extraction);
		if (got == 0)
			return true;
		if ((ready < 0 || got < 0) && errno != EINTR)
			return error_set_errno(err, errno, "cannot read what the process that unpacks reports");
		if (ready > 0 && got > 0 && !report_reader_add(&extraction->reader, buffer, (size_t)got, err))
			return false;
	}
}

/* Ends what has not ended; the tree must not change any more when this returns. */
static void end_all(struct extraction *extraction)
{
	char buffer[4096];
	ssize_t got;

	(void)kill(extraction->pid, SIGKILL);
	do
		got = read(extraction->reports[0], buffer, sizeof(buffer));
	while (got > 0 || (got < 0 && errno == EINTR));
}

/* An error that was reported says more than the way in which its process ended. */
static bool judge(struct extraction *extraction, bool heard, struct error *err)
{
	CLEANUP_ERROR struct error end = ERROR_INIT;
	const struct error *reported = &extraction->reader.error;
	int code = 0;
	bool ended = cage_wait(extraction->pid, &extraction->cage, &code, &end);

	if (!heard)
		return false;
	if (error_is_set(reported))
		return error_set(err, reported->code, "%s", reported->message);
	if (!ended)
		return error_set(err, end.code, "%s", end.message);
	if (code != 0 || !extraction->reader.format)
		return error_set(
			err, ERROR_REFUSED,
			"the process that unpacks it ended without a word (exit code %d): it ran out of memory, or the archive is made to do harm",
			code);
	return report_reader_finish(&extraction->reader, err);
}

static bool unpack_caged(struct extraction *extraction, struct error *err)
{
	bool heard;

	if (!cage_fork(run_caged, &extraction->job, &extraction->pid, err))
		return false;
	cleanup_fd_(&extraction->reports[1]);
	extraction->reports[1] = -1;
	heard = listen_to_reports(extraction, err);
	if (!heard)
		end_all(extraction);
	return judge(extraction, heard, err);
}

/* What came out is looked at again, by a process that has not read the archive. */
static bool check_tree(struct extraction *extraction, struct extract_result *result, struct error *err)
{
	const struct extract_limits *limits = extraction->request->limits;
	struct tree_count count = { 0, 0, 0 };

	if (!tree_check(extraction->stage.tree_fd, &extraction->reader, limits->depth, &count, err))
		return false;
	if (count.bytes > limits->total_bytes)
		return error_set(err, ERROR_REFUSED, "all files together exceed the limit of %" PRIu64 " bytes",
				 limits->total_bytes);
	*result = (struct extract_result){ count.files, count.folders, count.bytes, TAKE(extraction->reader.format) };
	return true;
}

static bool write_digests(const struct extraction *extraction, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = digest_list_new();

	for (size_t i = 0; i < extraction->reader.count; i++)
		digest_list_add(list, extraction->reader.files[i].path, extraction->reader.files[i].digest);
	return digest_list_write(list, extraction->stage.tree_fd, extraction->request->target, err);
}

bool extract_run(const struct extract_request *request, struct extract_result *ret, struct error *err)
{
	CLEANUP(extraction_release)
	struct extraction extraction = { .request = request,
					 .stage = STAGE_INIT,
					 .archive_fd = -1,
					 .reports = { -1, -1 },
					 .reader = { .rest = STRBUF_INIT } };
	CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };

	if (!prepare(&extraction, err))
		return false;
	if (!unpack_caged(&extraction, err) || !check_tree(&extraction, &result, err))
		return error_prefix(err, "%s", request->archive);
	if (!write_digests(&extraction, err) || !stage_commit(&extraction.stage, err))
		return false;
	*ret = result;
	result.format = NULL;
	return true;
}

bool extract_archive(const char *archive, const char *target, const struct extract_limits *limits,
		     struct extract_result *ret, struct error *err)
{
	return extract_run(&(struct extract_request){ .archive = archive, .target = target, .limits = limits }, ret,
			   err);
}
