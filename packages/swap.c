// SPDX-License-Identifier: MIT
#include "packages/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define NEW_NAME "new"
#define OLD_NAME "old"
#define JOURNAL_NAME "journal"
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

enum { ATTEMPTS = 100 };

static const char *name_of(const struct swap *swap)
{
	return fs_name_of(swap->target);
}

/* ---- Cleaning -------------------------------------------------------------------------------------------- */

/* A folder that must not be written to cannot be emptied either, unless by root. */
static bool make_removable(void *context, const struct tree_item *item, struct error *err)
{
	(void)context;
	(void)err;
	if (S_ISDIR(item->st->st_mode) && (item->st->st_mode & S_IRWXU) != S_IRWXU)
		(void)fchmodat(item->folder_fd, item->name, FS_MODE_FOLDER, 0);
	return true;
}

static bool clear_work(const struct swap *swap, struct error *err)
{
	static const char *const names[] = { JOURNAL_NAME, OLD_NAME, NEW_NAME, SWAP_PARTS };
	const struct tree_walk walk = { .enter = make_removable, .root = swap->work };
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	if (geteuid() != 0)
		(void)tree_walk(swap->work_fd, &walk, &ignored);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		CLEANUP_FREE char *path = fs_join(swap->work, names[i]);

		if (!fs_remove_tree(path, err))
			return false;
	}
	return true;
}

void swap_release(struct swap *swap)
{
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	/* What cannot be removed now is a leftover for the next one. */
	if (swap->is_open && clear_work(swap, &ignored))
		(void)fs_remove_tree(swap->work, &ignored);
	cleanup_fd_(&swap->target_fd);
	cleanup_fd_(&swap->new_fd);
	cleanup_fd_(&swap->work_fd);
	cleanup_fd_(&swap->parent_fd);
	free(swap->parent);
	free(swap->target);
	free(swap->work);
	*swap = (struct swap)SWAP_INIT;
}

/* ---- Opening --------------------------------------------------------------------------------------------- */

static bool open_parent(struct swap *swap, struct error *err)
{
	if (!*name_of(swap))
		return error_set(err, ERROR_REFUSED, "%s: cannot be replaced; name a folder below it", swap->target);
	if (!fs_check_owned_path(swap->parent, "target", err))
		return false;
	swap->parent_fd = open(swap->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (swap->parent_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_INPUT, "%s: no such folder", swap->parent);
	return swap->parent_fd >= 0 || error_set_errno(err, errno, "%s", swap->parent);
}

/* Whether the folder that is open is the one that has the name: another swap may just have removed it. */
static bool is_still_there(const struct swap *swap, int fd)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && fstatat(swap->parent_fd, fs_name_of(swap->work), &there, 0) == 0 &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

static bool check_work(const struct swap *swap, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", swap->work);
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		return error_set(err, ERROR_REFUSED, "%s: is somebody else's, and in the way; move it away",
				 swap->work);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return error_set_errno(err, errno, "%s", swap->work);
	return error_set(err, ERROR_BUSY, "%s: is being replaced by another process", swap->target);
}

/* False without an error: it went away meanwhile. */
static bool try_work(struct swap *swap, struct error *err)
{
	const char *name = fs_name_of(swap->work);
	CLEANUP_FD int fd = -1;

	if (mkdirat(swap->parent_fd, name, FS_MODE_FOLDER) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "%s", swap->work);
	fd = openat(swap->parent_fd, name, FOLDER_FLAGS);
	if (fd < 0 && errno != ENOENT)
		return error_set_errno(err, errno, "%s", swap->work);
	if (fd < 0 || !check_work(swap, fd, err) || !is_still_there(swap, fd))
		return false;
	swap->work_fd = take_fd(&fd);
	swap->is_open = true;
	return true;
}

static bool take_work(struct swap *swap, struct error *err)
{
	for (int i = 0; i < ATTEMPTS; i++)
		if (try_work(swap, err) || error_is_set(err))
			return !error_is_set(err);
	return error_set(err, ERROR_BUSY, "%s: is being replaced by other processes", swap->target);
}

/* What cannot be looked for is not taken for missing. */
static bool look_for(const struct swap *swap, int folder_fd, const char *name, bool *ret_found, struct error *err)
{
	*ret_found = faccessat(folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	return *ret_found || errno == ENOENT || error_set_errno(err, errno, "%s", swap->target);
}

/* A crash between the two renames: the new folder was complete before the first of them. */
static bool finish_journal(struct swap *swap, struct error *err)
{
	bool has_journal, has_target;

	if (!look_for(swap, swap->work_fd, JOURNAL_NAME, &has_journal, err) ||
	    !look_for(swap, swap->parent_fd, name_of(swap), &has_target, err))
		return false;
	if (!has_journal || has_target)
		return true;
	if (renameat(swap->work_fd, NEW_NAME, swap->parent_fd, name_of(swap)) < 0 &&
	    (errno != ENOENT || renameat(swap->work_fd, OLD_NAME, swap->parent_fd, name_of(swap)) < 0))
		return error_set_errno(err, errno, "%s", swap->target);
	return fs_sync(swap->parent_fd, swap->parent, err);
}

static bool open_target(struct swap *swap, struct error *err)
{
	struct stat st;

	if (fstatat(swap->parent_fd, name_of(swap), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || error_set_errno(err, errno, "%s", swap->target);
	if (S_ISLNK(st.st_mode))
		return error_set(err, ERROR_REFUSED, "%s: is a link; name the folder that it leads to", swap->target);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_REFUSED, "%s: is in the way: not a folder", swap->target);
	swap->target_fd = openat(swap->parent_fd, name_of(swap), FOLDER_FLAGS);
	return swap->target_fd >= 0 || error_set_errno(err, errno, "%s", swap->target);
}

bool swap_open(struct swap *swap, const char *target, struct error *err)
{
	CLEANUP_FREE char *name = NULL;

	swap->target = fs_absolute(target);
	swap->parent = fs_folder_of(swap->target);
	name = xasprintf(".%s.runbook", name_of(swap));
	swap->work = fs_join(swap->parent, name);
	return open_parent(swap, err) && take_work(swap, err) && finish_journal(swap, err) && clear_work(swap, err) &&
	       open_target(swap, err);
}

bool swap_begin(struct swap *swap, struct error *err)
{
	if (mkdirat(swap->work_fd, NEW_NAME, FS_MODE_FOLDER) == 0)
		swap->new_fd = openat(swap->work_fd, NEW_NAME, FOLDER_FLAGS);
	return swap->new_fd >= 0 || error_set_errno(err, errno, "%s", swap->work);
}

/* ---- The exchange ---------------------------------------------------------------------------------------- */

static bool cannot_replace(const struct swap *swap, int errnum, struct error *err)
{
	if (errnum == EBUSY)
		return error_set(err, ERROR_REFUSED, "%s: something is mounted there; name a folder below it",
				 swap->target);
	return error_set_errno(err, errnum, "%s: cannot be replaced", swap->target);
}

static bool write_journal(const struct swap *swap, struct error *err)
{
	CLEANUP_FD int fd =
		openat(swap->work_fd, JOURNAL_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FS_MODE_FILE);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", swap->work);
	return fs_sync(fd, swap->work, err) && fs_sync(swap->work_fd, swap->work, err);
}

/* Both folders are in the work folder, which is kept for the next swap to settle. */
static bool cannot_undo(struct swap *swap, int errnum, struct error *err)
{
	swap->is_open = false;
	return error_set_errno(
		err, errnum,
		"%s: can neither be replaced nor put back and is missing now; it is kept in %s, and the next "
		"apply or restore of it puts it into place",
		swap->target, swap->work);
}

static bool rename_twice(struct swap *swap, struct error *err)
{
	if (!write_journal(swap, err))
		return false;
	if (renameat(swap->parent_fd, name_of(swap), swap->work_fd, OLD_NAME) < 0)
		return cannot_replace(swap, errno, err);
	if (renameat(swap->work_fd, NEW_NAME, swap->parent_fd, name_of(swap)) < 0) {
		int errnum = errno;

		return renameat(swap->work_fd, OLD_NAME, swap->parent_fd, name_of(swap)) == 0
			       ? cannot_replace(swap, errnum, err)
			       : cannot_undo(swap, errnum, err);
	}
	return true;
}

static bool put_into_place(struct swap *swap, struct error *err)
{
	if (swap->target_fd < 0)
		return fs_rename_new(swap->work_fd, NEW_NAME, swap->parent_fd, name_of(swap)) ||
		       cannot_replace(swap, errno, err);
	if (fs_exchange(swap->work_fd, NEW_NAME, swap->parent_fd, name_of(swap)))
		return true;
	return errno == EOPNOTSUPP ? rename_twice(swap, err) : cannot_replace(swap, errno, err);
}

bool swap_commit(struct swap *swap, struct error *err)
{
	if (syncfs(swap->new_fd) < 0)
		return error_set_errno(err, errno, "%s: cannot sync", swap->work);
	return put_into_place(swap, err) && fs_sync(swap->parent_fd, swap->parent, err) &&
	       fs_sync(swap->work_fd, swap->work, err);
}

bool swap_remove(struct swap *swap, struct error *err)
{
	if (swap->target_fd < 0)
		return true;
	if (renameat(swap->parent_fd, name_of(swap), swap->work_fd, OLD_NAME) < 0)
		return cannot_replace(swap, errno, err);
	return fs_sync(swap->parent_fd, swap->parent, err);
}
