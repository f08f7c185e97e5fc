// SPDX-License-Identifier: MIT
#include "logs/log_file.h"

#include <errno.h>
#include <fcntl.h>
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

bool log_file_create(const char *folder, const char *script, int64_t wall_ns, struct log_file *ret, struct error *err)
{
	char stamp[CLOCK_TEXT_SIZE];

	clock_format_stamp(wall_ns, stamp);
	for (unsigned counter = 1;; counter++) {
		CLEANUP_FREE char *path = path_for(folder, script, stamp, counter);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, FS_MODE_FILE);

		if (fd >= 0) {
			*ret = (struct log_file){ TAKE(path), fd };
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
