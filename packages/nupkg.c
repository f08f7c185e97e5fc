// SPDX-License-Identifier: MIT
#include "packages/nupkg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/cage.h"
#include "packages/extract.h"
#include "packages/package_reader.h"
#include "runbook/base/fs.h"

#define MANIFEST_ENDING ".nuspec"

enum {
	ANSWER_LIMIT_BYTES = NUPKG_MANIFEST_LIMIT_BYTES + 64 * 1024, /* or an error, with the name of an entry */
	CAGE_MEMORY_BYTES = 256 << 20,
	CAGE_SECONDS = 60,
};

static void free_reader(struct package_reader **reader)
{
	package_reader_free(*reader);
}

/* At the top: what lies deeper belongs to the content. */
static bool is_manifest(const struct package_item *item)
{
	size_t length = strlen(item->name);
	size_t ending = strlen(MANIFEST_ENDING);

	return !item->folder && !strpbrk(item->name, "/\\") && length > ending &&
	       strcasecmp(item->name + length - ending, MANIFEST_ENDING) == 0;
}

static bool read_item(struct package_reader *reader, const char *path, struct strbuf *ret, struct error *err)
{
	size_t length;

	strbuf_grow(ret, NUPKG_MANIFEST_LIMIT_BYTES + 1);
	if (!package_reader_read(reader, ret->data + ret->length, NUPKG_MANIFEST_LIMIT_BYTES + 1, &length, err))
		return false;
	if (length > NUPKG_MANIFEST_LIMIT_BYTES)
		return error_set(err, ERROR_INPUT, "%s: its manifest is larger than %d bytes", path,
				 NUPKG_MANIFEST_LIMIT_BYTES);
	strbuf_set_length(ret, ret->length + length);
	return true;
}

static bool find_manifest(struct package_reader *reader, const char *path, struct strbuf *ret, struct error *err)
{
	unsigned found = 0;

	for (;;) {
		CLEANUP(package_item_release) struct package_item item = { .name = NULL };
		bool end = false;

		if (!package_reader_next(reader, &item, &end, err))
			return error_prefix(err, "%s", path);
		if (end)
			break;
		if (!is_manifest(&item))
			continue;
		if (found++)
			return error_set(err, ERROR_INPUT, "%s: has more than one manifest (NAME.nuspec)", path);
		if (!read_item(reader, path, ret, err))
			return false;
	}
	return found || error_set(err, ERROR_INPUT, "%s: has no manifest (NAME.nuspec) at its top", path);
}

bool nupkg_read_manifest(int fd, const char *path, struct strbuf *ret, struct error *err)
{
	CLEANUP(file_window_release) struct file_window file = { .fd = -1 };
	CLEANUP(free_reader) struct package_reader *reader = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	file_window_init(&file, fd, (uint64_t)st.st_size);
	if (!package_reader_open(&file, extract_default_limits.entries, &reader, err))
		return error_prefix(err, "%s", path);
	return find_manifest(reader, path, ret, err);
}

/* ---- In the cage -------------------------------------------------------------------------------------------- */

/* What the caged process reads, and where its answer goes: the code of the error or ERROR_NONE as one byte, then its message or the manifest. */
struct job {
	struct cage cage;
	int fd;
	int answer[2]; /* a pipe */
	const char *path;
};

static bool read_in_the_cage(const struct job *job, struct strbuf *ret, struct error *err)
{
	return package_reader_prepare(err) && cage_enter(&job->cage, err) &&
	       nupkg_read_manifest(job->fd, job->path, ret, err);
}

static int run_caged(void *context)
{
	const struct job *job = context;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf answer = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	if (read_in_the_cage(job, &text, &err)) {
		strbuf_add_char(&answer, ERROR_NONE);
		strbuf_add(&answer, text.data, text.length);
	} else {
		strbuf_add_char(&answer, (char)err.code);
		strbuf_add_str(&answer, err.message);
	}
	return fs_write_all(job->answer[1], answer.data, answer.length, "answer", &ignored) ? 0 : ERROR_SYSTEM;
}

/* A folder in which nothing can be made, because it is gone. */
static int make_dead_folder(void)
{
	char path[] = "/tmp/runbook-XXXXXX";
	int fd = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		(void)rmdir(path);
	return fd;
}

static bool listen_to(int fd, struct strbuf *ret, struct error *err)
{
	ssize_t got = 1;

	strbuf_grow(ret, ANSWER_LIMIT_BYTES);
	while (got != 0 && ret->length < ANSWER_LIMIT_BYTES) {
		got = read(fd, ret->data + ret->length, ANSWER_LIMIT_BYTES - ret->length);
		if (got < 0 && errno != EINTR)
			return error_set_errno(err, errno, "cannot read the answer of a process");
		strbuf_set_length(ret, ret->length + (got > 0 ? (size_t)got : 0));
	}
	return true;
}

/* None of it is believed: the code must be one that a module can cause, and the message is shown as text of a stranger is. */
static bool judge_answer(const struct strbuf *answer, const char *path, struct strbuf *ret, struct error *err)
{
	enum error_code code = answer->length ? (enum error_code)answer->data[0] : ERROR_NONE;

	if (answer->length && code == ERROR_NONE) {
		strbuf_add(ret, answer->data + 1, answer->length - 1);
		return true;
	}
	if (code == ERROR_INPUT || code == ERROR_REFUSED || code == ERROR_SYSTEM)
		return error_set(err, code, "%s", answer->data + 1);
	return error_set(err, ERROR_REFUSED, "%s: the process that reads it ended without a word", path);
}

/* When our end of the pipe is closed, a process that writes for ever ends. */
static bool ask(struct job *job, struct strbuf *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf answer = STRBUF_INIT;
	CLEANUP_ERROR struct error end = ERROR_INIT;
	bool heard, ended;
	int code = 0;
	pid_t pid;

	if (!cage_fork(run_caged, job, &pid, err))
		return false;
	(void)close(take_fd(&job->answer[1]));
	heard = listen_to(job->answer[0], &answer, err);
	(void)close(take_fd(&job->answer[0]));
	ended = cage_wait(pid, &job->cage, &code, &end);
	if (!heard)
		return false;
	if (!ended)
		return error_set(err, end.code, "%s: %s", job->path, end.message);
	return judge_answer(&answer, job->path, ret, err);
}

static void job_release(struct job *job)
{
	cleanup_fd_(&job->cage.tree_fd);
	cleanup_fd_(&job->answer[0]);
	cleanup_fd_(&job->answer[1]);
}

bool nupkg_read_caged(int fd, const char *path, struct strbuf *ret, struct error *err)
{
	CLEANUP(job_release)
	struct job job = { .cage = { .tree_fd = make_dead_folder(),
				     .memory_bytes = CAGE_MEMORY_BYTES,
				     .cpu_seconds = CAGE_SECONDS },
			   .fd = fd,
			   .answer = { -1, -1 },
			   .path = path };

	if (job.cage.tree_fd < 0 || pipe2(job.answer, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "%s", path);
	job.cage.kept[0] = fd;
	job.cage.kept[1] = job.answer[1];
	return ask(&job, ret, err);
}
