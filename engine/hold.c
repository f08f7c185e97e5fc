// SPDX-License-Identifier: MIT
#include "engine/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

/* A supervisor has the descriptor for a moment after the fork that made it: so long a dead engine can seem to hold the runbook. */
enum { TRY_COUNT = 20, TRY_PAUSE_MS = 25, HOLDER_LIMIT_BYTES = 256 };

void hold_release(struct hold *hold)
{
	if (hold->fd >= 0)
		(void)close(hold->fd);
	hold->fd = -1;
}

static bool try_lock(int fd)
{
	const struct timespec pause = { 0, TRY_PAUSE_MS * 1000000L };

	for (int i = 0; i < TRY_COUNT; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return false;
}

static bool refuse_busy(int fd, const char *runbook_id, struct error *err)
{
	char holder[HOLDER_LIMIT_BYTES + 1];
	ssize_t length = pread(fd, holder, HOLDER_LIMIT_BYTES, 0);

	holder[length > 0 ? length : 0] = '\0';
	return error_set(err, ERROR_BUSY,
			 "runbook %s is being executed by %s; look at it with: runbook status -runbookid=%s",
			 runbook_id, *holder ? holder : "another process", runbook_id);
}

static bool write_holder(int fd, const char *path, const char *user, struct error *err)
{
	char since[CLOCK_TEXT_SIZE];
	CLEANUP_FREE char *text = NULL;

	clock_format_utc(clock_wall_ns(), since);
	text = xasprintf("process %d of %s since %.19sZ", (int)getpid(), user, since);
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_set_errno(err, errno, "%s", path);
	return fs_write_all(fd, text, strlen(text), path, err);
}

char *hold_path(const char *ledger_path, const char *runbook_id, const char *suffix)
{
	return xasprintf("%s-locks/%s%s", ledger_path, runbook_id, suffix);
}

bool hold_is_taken(const char *ledger_path, const char *runbook_id)
{
	CLEANUP_FREE char *path = hold_path(ledger_path, runbook_id, "");
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

bool hold_take(const char *ledger_path, const char *runbook_id, const char *user, struct hold *ret, struct error *err)
{
	CLEANUP_FREE char *path = hold_path(ledger_path, runbook_id, "");
	CLEANUP_FREE char *folder = fs_folder_of(path);
	CLEANUP_FD int fd = -1;

	if (!fs_make_folders(folder, FS_MODE_FOLDER, err))
		return false;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!try_lock(fd))
		return errno == EWOULDBLOCK ? refuse_busy(fd, runbook_id, err)
					    : error_set_errno(err, errno, "%s", path);
	if (!write_holder(fd, path, user, err))
		return false;
	ret->fd = take_fd(&fd);
	return true;
}
