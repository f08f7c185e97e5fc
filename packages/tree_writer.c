// SPDX-License-Identifier: MIT
#include "packages/tree_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

void tree_writer_init(struct tree_writer *writer, int root_fd)
{
	*writer = (struct tree_writer){ .root_fd = root_fd };
}

static void close_folder(struct tree_writer_folder *folder)
{
	if (!folder->path)
		return;
	(void)close(folder->fd);
	free(TAKE(folder->path));
}

void tree_writer_release(struct tree_writer *writer)
{
	for (size_t i = 0; i < TREE_WRITER_FOLDERS; i++)
		close_folder(&writer->open[i]);
}

/* FNV-1a. Paths that meet on purpose cost an open each, as they would without keeping any. */
static struct tree_writer_folder *place_of(struct tree_writer *writer, const char *path)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * UINT32_C(16777619);
	return &writer->open[hash % TREE_WRITER_FOLDERS];
}

static bool cannot_write(const char *path, struct error *err)
{
	return error_set_errno(err, errno, "%s: cannot be written", path);
}

/* Opens the folder `path`, which lies in that of `parent_fd`; one that is not there is made. */
static bool enter(int parent_fd, const char *path, int *ret_fd, struct error *err)
{
	const char *name = fs_name_of(path);
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD int fd = openat(parent_fd, name, flags);

	if (fd < 0 && errno == ENOENT && (mkdirat(parent_fd, name, TREE_MODE_FOLDER) == 0 || errno == EEXIST))
		fd = openat(parent_fd, name, flags);
	if (fd < 0)
		return cannot_write(path, err);
	*ret_fd = take_fd(&fd);
	return true;
}

/* The folder that `path` lies in; "" at the top. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xmemdupz(path, slash ? (size_t)(slash - path) : 0);
}

/* Gives a descriptor that is good until the next call. Calls itself once for each folder above `path`. */
static bool open_folder(struct tree_writer *writer, const char *path, int *ret_fd, struct error *err)
{
	struct tree_writer_folder *place = place_of(writer, path);
	CLEANUP_FREE char *parent = NULL;
	int fd = writer->root_fd;

	if (!*path || (place->path && strcmp(place->path, path) == 0)) {
		*ret_fd = *path ? place->fd : fd;
		return true;
	}
	parent = parent_of(path);
	if (!open_folder(writer, parent, &fd, err) || !enter(fd, path, &fd, err))
		return false;
	close_folder(place);
	*place = (struct tree_writer_folder){ xstrdup(path), fd };
	*ret_fd = fd;
	return true;
}

bool tree_writer_make_folder(struct tree_writer *writer, const char *path, struct error *err)
{
	int fd = -1;

	return open_folder(writer, path, &fd, err);
}

bool tree_writer_create(struct tree_writer *writer, const char *path, bool executable, int *ret_fd, struct error *err)
{
	const mode_t mode = executable ? TREE_MODE_PROGRAM : TREE_MODE_FILE;
	CLEANUP_FREE char *parent = parent_of(path);
	CLEANUP_FD int fd = -1;
	int folder_fd = -1;

	if (!open_folder(writer, parent, &folder_fd, err))
		return false;
	fd = openat(folder_fd, fs_name_of(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return cannot_write(path, err);
	*ret_fd = take_fd(&fd);
	return true;
}
