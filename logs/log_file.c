// SPDX-License-Identifier: MIT
#include "logs/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

/* Attempts of one script in the same second; nobody gets near it. */
enum { COUNTER_LIMIT = 10000 };

static char *path_for(const char *folder, const char *script, const char *stamp, unsigned counter)
{
	CLEANUP_FREE char *suffix = counter > 1 ? xasprintf(".%u", counter) : xstrdup("");
	CLEANUP_FREE char *name = xasprintf("%s-%s%s.log", script, stamp, suffix);

	return fs_join(folder, name);
}

void log_file_release(struct log_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	free(file->path);
	*file = (struct log_file)LOG_FILE_INIT;
}

static int open_to_append(const char *path, int flag)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flag, FS_MODE_FILE);
}

bool log_file_open(const char *path, struct log_file *ret, struct error *err)
{
	int fd = open_to_append(path, 0);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	*ret = (struct log_file){ xstrdup(path), fd };
	return true;
}

/* Never takes the place of something else. */
static bool move_or_create(struct log_file *file, const char *path)
{
	if (file->fd >= 0)
		return renameat2(AT_FDCWD, file->path, AT_FDCWD, path, RENAME_NOREPLACE) == 0;
	file->fd = open_to_append(path, O_EXCL);
	return file->fd >= 0;
}

bool log_file_place(struct log_file *file, const char *folder, const char *script, int64_t wall_ns, struct error *err)
{
	char stamp[CLOCK_TEXT_SIZE];

	clock_format_stamp(wall_ns, stamp);
	for (unsigned counter = 1;; counter++) {
		CLEANUP_FREE char *path = path_for(folder, script, stamp, counter);

		if (move_or_create(file, path)) {
			free(file->path);
			file->path = TAKE(path);
			return true;
		}
		if (errno != EEXIST || counter == COUNTER_LIMIT)
			return error_set_errno(err, errno, "%s: cannot create the log file", path);
	}
}

void log_file_sync(const char *path)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0)
		(void)fdatasync(fd);
}
