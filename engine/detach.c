// SPDX-License-Identifier: MIT
#include "engine/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "engine/console.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

enum { WORDS_LIMIT_BYTES = 1024 * 1024 };

/* After fork: the new program with its own session, no terminal, and the pipe as its only further descriptor. */
static _Noreturn void become_background(char *const *argv, int log, int ready)
{
	CLEANUP_FREE char *number = xasprintf("%d", ready);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (setsid() < 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 ||
	    fcntl(ready, F_SETFD, 0) < 0 || setenv(DETACH_READY, number, 1) < 0)
		_exit(ERROR_SYSTEM);
	(void)execv("/proc/self/exe", argv);
	_exit(ERROR_SYSTEM);
}

static void show_from(const char *path, off_t offset)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buffer[4096];
	ssize_t length;

	while (fd >= 0 && (length = pread(fd, buffer, sizeof(buffer), offset)) > 0) {
		console_output(buffer, (size_t)length);
		offset += length;
	}
}

static bool wait_until_ready(int fd)
{
	char byte;

	return TEMP_FAILURE_RETRY(read(fd, &byte, 1)) == 1;
}

static int exit_code_of(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ERROR_SYSTEM;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ERROR_SIGNAL + WTERMSIG(status);
}

static bool is_detach_option(const char *word)
{
	word += strspn(word, "-");
	return strncasecmp(word, "detach", strlen("detach")) == 0;
}

/* The words we were started with, from proc(5): each ends with NUL. */
static bool own_words(struct strv *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!fs_read_file("/proc/self/cmdline", WORDS_LIMIT_BYTES, &text, err))
		return false;
	for (size_t i = 0; i < text.length; i += strlen(text.data + i) + 1)
		if (text.data[i] != '-' || !is_detach_option(text.data + i))
			strv_push(ret, text.data + i);
	return true;
}

static bool open_log(const char *path, int *ret_fd, off_t *ret_end, struct error *err)
{
	CLEANUP_FREE char *folder = fs_folder_of(path);

	if (!fs_make_folders(folder, FS_MODE_FOLDER, err))
		return false;
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	if (*ret_fd < 0)
		return error_set_errno(err, errno, "%s", path);
	*ret_end = lseek(*ret_fd, 0, SEEK_END);
	return true;
}

bool detach_start(const char *log_path, int *ret_exit_code, struct error *err)
{
	CLEANUP_STRV struct strv words = STRV_INIT;
	CLEANUP_FD int log = -1;
	CLEANUP_FD int ready = -1;
	off_t begin = 0;
	int pipe_fds[2];
	pid_t pid;

	if (!own_words(&words, err) || !open_log(log_path, &log, &begin, err))
		return false;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	ready = pipe_fds[0];
	pid = fork();
	if (pid == 0)
		become_background(words.items, log, pipe_fds[1]);
	(void)close(pipe_fds[1]);
	if (pid < 0)
		return error_set_errno(err, errno, "cannot fork");
	*ret_exit_code = -1;
	if (wait_until_ready(ready))
		return true;
	*ret_exit_code = exit_code_of(pid);
	show_from(log_path, begin);
	return true;
}

bool detach_ends_with_service(void)
{
	const char *text = getenv("SYSTEMD_EXEC_PID");

	return text && strtol(text, NULL, 10) == getpid();
}

void detach_tell_ready(void)
{
	const char *text = getenv(DETACH_READY);
	int fd = text ? (int)strtol(text, NULL, 10) : -1;

	if (fd < 3)
		return;
	(void)unsetenv(DETACH_READY);
	if (write(fd, "!", 1) < 0) {
		/* Whoever waited has gone: it does not matter to the run. */
	}
	(void)close(fd);
}
