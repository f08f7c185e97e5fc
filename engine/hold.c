// SPDX-License-Identifier: MIT
#include "engine/hold.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

/* A supervisor has the descriptor for a moment after the fork that made it: so long a dead engine can seem to hold the runbook. */
enum { TRY_COUNT = 20, TRY_PAUSE_MS = 25, HOLDER_LIMIT_BYTES = 512 };

void hold_release(struct hold *hold)
{
	for (size_t i = 0; i < hold->count; i++)
		(void)close(hold->fds[i]);
	free(hold->fds);
	*hold = (struct hold)HOLD_INIT;
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

/* The first line of the file says who, the second is the id of the runbook; either may be missing. */
static bool refuse_busy(const struct hold_request *request, int fd, const char *what, struct error *err)
{
	char holder[HOLDER_LIMIT_BYTES + 1];
	ssize_t length = pread(fd, holder, HOLDER_LIMIT_BYTES, 0);
	char *id;

	holder[length > 0 ? length : 0] = '\0';
	id = holder + strcspn(holder, "\n");
	if (*id)
		*id++ = '\0';
	return error_set(err, ERROR_BUSY, "%s is being updated by %s\n  look at it: runbook attach -runbookid=%s%s",
			 what, *holder ? holder : "another process", *id ? id : request->runbook_id, request->repeat);
}

static bool write_holder(int fd, const char *path, const struct hold_request *request, struct error *err)
{
	char since[CLOCK_TEXT_SIZE];
	CLEANUP_FREE char *text = NULL;

	clock_format_utc(clock_wall_ns(), since);
	text = xasprintf("process %d of %s for runbook %s since %.19sZ\n%s", (int)getpid(), request->user,
			 request->runbook_id, since, request->runbook_id);
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

static bool take_one(const struct hold_request *request, const char *path, const char *what, struct hold *ret,
		     struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!try_lock(fd))
		return errno == EWOULDBLOCK ? refuse_busy(request, fd, what, err)
					    : error_set_errno(err, errno, "%s", path);
	if (!write_holder(fd, path, request, err))
		return false;
	ret->fds = xgrow(ret->fds, ret->count, &ret->alloc, sizeof(*ret->fds));
	ret->fds[ret->count++] = take_fd(&fd);
	return true;
}

static bool take_service_model(const struct hold_request *request, const char *name, struct hold *ret,
			       struct error *err)
{
	CLEANUP_FREE char *lower = xstrdup(name);
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *what = xasprintf("service model %s", name);

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	path = hold_path(request->ledger_path, "~", lower);
	return take_one(request, path, what, ret, err);
}

bool hold_take(const struct hold_request *request, const struct strv *service_models, struct hold *ret,
	       struct error *err)
{
	CLEANUP_FREE char *path = hold_path(request->ledger_path, request->runbook_id, "");
	CLEANUP_FREE char *folder = fs_folder_of(path);
	CLEANUP_FREE char *what = xasprintf("runbook %s", request->runbook_id);

	if (!fs_make_folders(folder, FS_MODE_FOLDER, err) || !take_one(request, path, what, ret, err))
		return false;
	for (size_t i = 0; i < service_models->count; i++)
		if (!take_service_model(request, service_models->items[i], ret, err))
			return false;
	return true;
}
