// SPDX-License-Identifier: MIT
#include "packages/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

/* One folder of the walk. */
struct level {
	int fd;
	const char *path;
	unsigned depth;
};

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool list_names(const struct level *level, struct strv *ret)
{
	int copy = openat(level->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return false;
	errno = 0;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strv_push(ret, entry->d_name);
	if (ret->count)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_names);
	return errno == 0;
}

static bool cannot_read(const struct tree_walk *walk, const char *path, struct error *err)
{
	return error_set_errno(err, errno, "%s%s%s", walk->root, *path ? "/" : "", path);
}

static bool walk_level(const struct level *level, const struct tree_walk *walk, struct error *err);

static bool walk_folder(const struct level *level, const struct tree_item *item, const struct tree_walk *walk,
			struct error *err)
{
	CLEANUP_FD int fd = openat(item->folder_fd, item->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct level below = { fd, item->path, level->depth + 1 };

	if (fd < 0)
		return cannot_read(walk, item->path, err);
	if (below.depth > TREE_WALK_DEPTH)
		return error_set(err, ERROR_REFUSED, "%s/%s: more than %d folders deep", walk->root, item->path,
				 TREE_WALK_DEPTH);
	return walk_level(&below, walk, err) && (!walk->leave || walk->leave(walk->context, item, err));
}

static bool walk_entry(const struct level *level, const char *name, const struct tree_walk *walk, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(level->path, name);
	struct stat st;
	const struct tree_item item = { level->fd, name, path, &st };

	if (fstatat(level->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return cannot_read(walk, path, err);
	if (walk->enter && !walk->enter(walk->context, &item, err))
		return false;
	if (!S_ISDIR(st.st_mode) || (walk->descend && !walk->descend(walk->context, &item)))
		return true;
	return walk_folder(level, &item, walk, err);
}

static bool walk_level(const struct level *level, const struct tree_walk *walk, struct error *err)
{
	CLEANUP_STRV struct strv names = STRV_INIT;

	if (!list_names(level, &names))
		return cannot_read(walk, level->path, err);
	for (size_t i = 0; i < names.count; i++)
		if (!walk_entry(level, names.items[i], walk, err))
			return false;
	return true;
}

bool tree_walk(int root_fd, const struct tree_walk *walk, struct error *err)
{
	const struct level top = { root_fd, "", 0 };

	return walk_level(&top, walk, err);
}
