// SPDX-License-Identifier: MIT
#include "packages/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define LOCK_NAME "lock"
#define TREE_NAME "tree"
#define MARK ".partial-"

/* The staging folder's name holds at most so much of the target's, lest it be too long. */
enum { SUFFIX_BYTES = 6, TARGET_BYTES = 200, TREE_MODE = 0755, ATTEMPTS = 100 };

static const char suffix_letters[] = "abcdefghijklmnopqrstuvwxyz234567";

void stage_release(struct stage *stage)
{
	if (stage->name) {
		CLEANUP_FREE char *path = fs_join(stage->parent, stage->name);
		CLEANUP_ERROR struct error ignored = ERROR_INIT;

		/* What cannot be removed now is a leftover for the next one. */
		(void)fs_remove_tree(path, &ignored);
	}
	cleanup_fd_(&stage->tree_fd);
	cleanup_fd_(&stage->lock_fd);
	cleanup_fd_(&stage->folder_fd);
	cleanup_fd_(&stage->parent_fd);
	free(stage->parent);
	free(stage->target);
	free(stage->name);
	*stage = (struct stage)STAGE_INIT;
}

/* Whether a name is `.NAME.partial-XXXXXX`. */
static bool is_staging_name(const char *name)
{
	size_t length = strlen(name);
	size_t tail = sizeof(MARK) - 1 + SUFFIX_BYTES;

	return *name == '.' && length > tail + 1 && strncmp(name + length - tail, MARK, sizeof(MARK) - 1) == 0 &&
	       strspn(name + length - SUFFIX_BYTES, suffix_letters) == SUFFIX_BYTES;
}

/* Opens and takes the lock of a staging folder; fails if somebody holds it or it is none of ours. */
static bool lock_folder(int folder_fd, int flags, int *ret_lock_fd)
{
	CLEANUP_FD int fd =
		openat(folder_fd, LOCK_NAME, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags, FS_MODE_FILE);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    flock(fd, LOCK_EX | LOCK_NB) < 0)
		return false;
	*ret_lock_fd = take_fd(&fd);
	return true;
}

static void remove_if_left(const struct stage *stage, const char *name)
{
	CLEANUP_FD int folder_fd = openat(stage->parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_FD int lock_fd = -1;
	CLEANUP_FREE char *path = fs_join(stage->parent, name);
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	/* An empty one was never locked: its maker died, or is about to find it gone and take another name. */
	if (folder_fd < 0 || unlinkat(stage->parent_fd, name, AT_REMOVEDIR) == 0)
		return;
	if (lock_folder(folder_fd, 0, &lock_fd))
		(void)fs_remove_tree(path, &ignored);
}

static bool remove_leftovers(const struct stage *stage, struct error *err)
{
	int copy = openat(stage->parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(err, errno, "%s", stage->parent);
	while ((entry = readdir(dir)))
		if (is_staging_name(entry->d_name))
			remove_if_left(stage, entry->d_name);
	return true;
}

static char *random_name(const char *target)
{
	unsigned char bytes[SUFFIX_BYTES];
	char suffix[SUFFIX_BYTES + 1] = "";

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	for (size_t i = 0; i < SUFFIX_BYTES; i++)
		suffix[i] = suffix_letters[bytes[i] % (sizeof(suffix_letters) - 1)];
	return xasprintf(".%.*s" MARK "%s", TARGET_BYTES, target, suffix);
}

/* Makes a staging folder of that name; false if it cannot be had, with errno. */
static bool try_name(struct stage *stage, const char *name)
{
	CLEANUP_FD int folder_fd = -1;
	CLEANUP_FD int lock_fd = -1;

	if (mkdirat(stage->parent_fd, name, FS_MODE_FOLDER) < 0)
		return false;
	folder_fd = openat(stage->parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder_fd < 0 || !lock_folder(folder_fd, O_CREAT | O_EXCL, &lock_fd))
		return false;
	stage->folder_fd = take_fd(&folder_fd);
	stage->lock_fd = take_fd(&lock_fd);
	stage->name = xstrdup(name);
	return true;
}

/* Until it is locked a new folder could be taken for a leftover and removed; then another name is tried. */
static bool make_folder(struct stage *stage, struct error *err)
{
	for (int i = 0; i < ATTEMPTS && !stage->name; i++) {
		CLEANUP_FREE char *name = random_name(stage->target);

		if (!try_name(stage, name) && errno != EEXIST && errno != ENOENT && errno != EWOULDBLOCK)
			return error_set_errno(err, errno, "cannot make a folder in %s", stage->parent);
	}
	return stage->name ? true : error_set_errno(err, EBUSY, "cannot make a folder in %s", stage->parent);
}

static bool make_tree(struct stage *stage, struct error *err)
{
	if (mkdirat(stage->folder_fd, TREE_NAME, TREE_MODE) == 0)
		stage->tree_fd = openat(stage->folder_fd, TREE_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (stage->tree_fd < 0 || fchmod(stage->tree_fd, TREE_MODE) < 0)
		return error_set_errno(err, errno, "cannot make a folder in %s", stage->parent);
	return true;
}

static bool target_exists(const struct stage *stage, struct error *err)
{
	return error_set(err, ERROR_REFUSED, "%s/%s: exists already; name a folder that does not",
			 strcmp(stage->parent, "/") == 0 ? "" : stage->parent, stage->target);
}

bool stage_open(struct stage *stage, const char *target, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(target);
	struct stat st;

	stage->parent = fs_folder_of(absolute);
	stage->target = xstrdup(fs_name_of(absolute));
	stage->parent_fd = open(stage->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage->parent_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_INPUT, "%s: no such folder", stage->parent);
	if (stage->parent_fd < 0)
		return error_set_errno(err, errno, "%s", stage->parent);
	if (!*stage->target || fstatat(stage->parent_fd, stage->target, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return target_exists(stage, err);
	return remove_leftovers(stage, err) && make_folder(stage, err) && make_tree(stage, err);
}

bool stage_commit(struct stage *stage, struct error *err)
{
	/* One call instead of an fsync for each of thousands of files. It reports what any of them could not write. */
	if (syncfs(stage->tree_fd) < 0)
		return error_set_errno(err, errno, "%s: cannot sync", stage->parent);
	if (!fs_rename_new(stage->folder_fd, TREE_NAME, stage->parent_fd, stage->target)) {
		if (errno == EEXIST)
			return target_exists(stage, err);
		return error_set_errno(err, errno, "%s/%s", stage->parent, stage->target);
	}
	if (fs_sync(stage->parent_fd, stage->parent, err))
		return true;
	/* Whether the new name lasts is unknown: it goes, with all that is in it. */
	(void)renameat(stage->parent_fd, stage->target, stage->folder_fd, TREE_NAME);
	return false;
}
