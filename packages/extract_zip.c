// SPDX-License-Identifier: MIT
#include <string.h>

#include "packages/cage.h"
#include "packages/entry_error.h"
#include "packages/entry_name.h"
#include "packages/extract_unpack.h"
#include "packages/file_kind.h"
#include "packages/file_sink.h"
#include "packages/name_tree.h"
#include "packages/zip_member.h"
#include "runbook/base/alloc.h"

/* A piece of work ends with the file that fills it up. A process is worth its start if there is some work for it. */
enum { PIECE_BYTES = 1024 * 1024, PIECE_FILES = 16, WORKERS = 8, WORKER_BYTES = 2 * 1024 * 1024, WORKER_FILES = 200 };

/* What is to be done; made before the first file is written and then the same in all processes. */
struct plan {
	struct zip_directory directory;
	char **paths;   /* of each entry; NULL: not a file */
	size_t *pieces; /* where each piece starts, and the end */
	size_t piece_count;
	size_t file_count;
	uint64_t bytes;
};

static void plan_release(struct plan *plan)
{
	for (size_t i = 0; plan->paths && i < plan->directory.count; i++)
		free(plan->paths[i]);
	free(plan->paths);
	free(plan->pieces);
	zip_directory_release(&plan->directory);
}

static bool plan_entry(const struct extract_job *job, struct plan *plan, size_t index, struct name_tree *names,
		       struct error *err)
{
	const struct entry_name_limits limits = { job->limits->depth, job->limits->path_bytes };
	const struct zip_entry *entry = &plan->directory.entries[index];
	CLEANUP_FREE char *path = NULL;
	const char *reason = entry_name_normalise(entry->name, &limits, &path);

	if (reason)
		return entry_refused(err, entry->name, "its name %s", reason);
	if (!*path && !entry->folder)
		return entry_refused(err, entry->name, "its name is empty");
	if (!*path)
		return true;
	if (!file_sink_check_size(job, entry->name, entry->size_bytes, plan->bytes, err) ||
	    !name_tree_add(names, path, entry->folder, err))
		return false;
	plan->bytes += entry->size_bytes;
	plan->file_count += !entry->folder;
	plan->paths[index] = TAKE(path);
	return true;
}

static void cleanup_names(struct name_tree **names)
{
	name_tree_free(*names);
}

static void cut_into_pieces(struct plan *plan)
{
	uint64_t bytes = PIECE_BYTES;
	size_t files = 0;

	plan->pieces = xcalloc(plan->directory.count + 1, sizeof(*plan->pieces));
	for (size_t i = 0; i < plan->directory.count; i++) {
		if (bytes >= PIECE_BYTES || files >= PIECE_FILES) {
			plan->pieces[plan->piece_count++] = i;
			bytes = 0;
			files = 0;
		}
		bytes += plan->directory.entries[i].size_bytes;
		files++;
	}
	plan->pieces[plan->piece_count] = plan->directory.count;
}

static bool make_plan(const struct extract_job *job, struct file_window *file, struct plan *plan, struct error *err)
{
	CLEANUP(cleanup_names) struct name_tree *names = name_tree_new();

	if (!zip_directory_read(file, job->limits->entries, &plan->directory, err) ||
	    !zip_directory_check_headers(&plan->directory, file, err))
		return false;
	if (!plan->directory.count)
		return error_set(err, ERROR_INPUT, "the archive is empty");
	plan->paths = xcalloc(plan->directory.count, sizeof(*plan->paths));
	for (size_t i = 0; i < plan->directory.count; i++)
		if (!plan_entry(job, plan, i, names, err))
			return false;
	cut_into_pieces(plan);
	return true;
}

/* One of the processes that do it. */
struct worker {
	struct extract_job *job;
	struct plan *plan;
	struct file_sink sink;
	struct zip_member_reader *reader;
};

static void worker_release(struct worker *worker)
{
	file_sink_release(&worker->sink);
	zip_member_reader_free(worker->reader);
}

static bool unpack_file(struct worker *worker, const struct zip_entry *entry, const char *path, struct error *err)
{
	const struct sink_item item = { entry->name,
					(int64_t)entry->size_bytes,
					{ path, entry->mtime, entry->executable } };
	const void *data = NULL;
	size_t length = 1;

	if (!zip_member_open(worker->reader, entry, err) || !file_sink_begin(&worker->sink, &item, err))
		return false;
	while (zip_member_read(worker->reader, &data, &length, err)) {
		if (!length)
			return file_sink_end(&worker->sink, err);
		if (!file_sink_add(&worker->sink, data, length, err))
			return false;
		atomic_fetch_add(&worker->job->shared->done, length);
	}
	return false;
}

static bool unpack_entry(struct worker *worker, size_t index, struct error *err)
{
	const struct zip_entry *entry = &worker->plan->directory.entries[index];
	const char *path = worker->plan->paths[index];

	if (!path)
		return true;
	if (entry->folder)
		return file_sink_make_folder(&worker->sink, path, err);
	return unpack_file(worker, entry, path, err);
}

/* Others need not go on behind this entry. */
static void fail_at(struct extract_job *job, size_t index)
{
	uint64_t there = atomic_load(&job->shared->failed_at);

	while (index < there && !atomic_compare_exchange_weak(&job->shared->failed_at, &there, index))
		;
	job->error_order = index + 1;
}

static bool unpack_piece(struct worker *worker, size_t piece, struct error *err)
{
	struct extract_job *job = worker->job;

	for (size_t i = worker->plan->pieces[piece]; i < worker->plan->pieces[piece + 1]; i++) {
		if (i > atomic_load(&job->shared->failed_at))
			return true;
		if (!unpack_entry(worker, i, err)) {
			fail_at(job, i);
			return false;
		}
	}
	return true;
}

/* Takes pieces in their order, so that all before one that fails are done by somebody. */
static bool work(struct extract_job *job, struct plan *plan, struct error *err)
{
	CLEANUP(worker_release) struct worker worker = { .job = job, .plan = plan };
	uint64_t piece;

	file_sink_init(&worker.sink, job);
	worker.reader = zip_member_reader_new(job->archive_fd, job->archive_bytes);
	while ((piece = atomic_fetch_add(&job->shared->next, 1)) < plan->piece_count)
		if (!unpack_piece(&worker, piece, err))
			return false;
	return true;
}

struct helper {
	struct extract_job *job;
	struct plan *plan;
};

static int run_helper(void *context)
{
	struct helper *helper = context;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool fine = work(helper->job, helper->plan, &err);

	if (!fine)
		(void)report_error(&helper->job->report, helper->job->error_order, &err);
	return report_flush(&helper->job->report) && fine ? 0 : ERROR_SYSTEM;
}

/* One for each processor that we may use, this process being the first. */
static size_t count_helpers(const struct plan *plan)
{
	uint64_t work = plan->bytes / WORKER_BYTES + plan->file_count / WORKER_FILES;
	size_t processors = cage_processors();

	if (processors > WORKERS)
		processors = WORKERS;
	return work < processors ? (size_t)work : processors - 1;
}

static bool wait_for(const struct extract_job *job, const pid_t *helpers, size_t count, struct error *err)
{
	bool fine = true;

	for (size_t i = 0; i < count; i++) {
		CLEANUP_ERROR struct error other = ERROR_INIT;
		int code = 0;

		if (!cage_wait(helpers[i], job->cage, &code, &other)) {
			fine = false;
			if (!error_is_set(err))
				(void)error_set(err, other.code, "%s", other.message);
		}
	}
	return fine;
}

/* What goes wrong in a helper it has reported itself, unless a signal ended it. */
static bool work_together(struct extract_job *job, struct plan *plan, struct error *err)
{
	struct helper helper = { job, plan };
	size_t wanted = count_helpers(plan);
	pid_t helpers[WORKERS];
	size_t count = 0;
	bool fine = true;

	while (fine && count < wanted && (fine = cage_fork(run_helper, &helper, &helpers[count], err)))
		count++;
	if (fine)
		fine = work(job, plan, err);
	return wait_for(job, helpers, count, err) && fine;
}

bool extract_zip(struct extract_job *job, struct file_window *file, struct error *err)
{
	CLEANUP(plan_release) struct plan plan = { .directory = ZIP_DIRECTORY_INIT };

	if (!report_format(&job->report, file_kind_name(FILE_IS_ZIP)) || !report_flush(&job->report))
		return error_set(err, ERROR_SYSTEM, "cannot report");
	if (!make_plan(job, file, &plan, err))
		return false;
	atomic_store(&job->shared->total, plan.bytes);
	return work_together(job, &plan, err);
}
