// SPDX-License-Identifier: MIT
#include "runbook/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strv.h"

char *fs_join(const char *folder, const char *name)
{
	size_t length = strlen(folder);

	if (*name == '/' || !length)
		return xstrdup(name);
	return xasprintf(folder[length - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

char *fs_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return xmemdupz(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *fs_name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *fs_absolute(const char *path)
{
	CLEANUP_FREE char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	CLEANUP_FREE char *whole = fs_join(here ? here : "/", path);
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_STRBUF struct strbuf clean = STRBUF_INIT;
	size_t depth = 0;

	strv_split(&parts, whole, "/");
	for (size_t i = 0; i < parts.count; i++) {
		if (strcmp(parts.items[i], "..") == 0)
			depth -= depth > 0;
		else if (strcmp(parts.items[i], ".") != 0) {
			char *swapped = parts.items[depth];

			parts.items[depth++] = parts.items[i];
			parts.items[i] = swapped;
		}
	}
	for (size_t i = 0; i < depth; i++)
		strbuf_addf(&clean, "/%s", parts.items[i]);
	if (!depth)
		strbuf_add_char(&clean, '/');
	return strbuf_detach(&clean);
}

bool fs_look_for(const char *path, bool *ret_found, struct error *err)
{
	*ret_found = access(path, F_OK) == 0;
	return *ret_found || errno == ENOENT || errno == ENOTDIR || error_set_errno(err, errno, "%s", path);
}

bool fs_open_regular(const char *path, int *ret_fd, off_t *ret_size, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_INPUT, "%s: no such file", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, "%s: not a regular file", path);
	if (ret_size)
		*ret_size = st.st_size;
	*ret_fd = take_fd(&fd);
	return true;
}

bool fs_read_file(const char *path, size_t limit_bytes, struct strbuf *ret, struct error *err)
{
	CLEANUP_FD int fd = -1;
	off_t size = 0;
	size_t total = 0;

	if (!fs_open_regular(path, &fd, &size, err))
		return false;
	for (;;) {
		size_t room = (size_t)size > total ? (size_t)size - total + 1 : 65536;
		ssize_t got;

		/* The size is a hint only: the file may grow while it is read. */
		if (total > limit_bytes || (size_t)size > limit_bytes)
			return error_set(err, ERROR_INPUT, "%s: larger than the limit of %zu bytes", path, limit_bytes);
		strbuf_grow(ret, room);
		got = read(fd, ret->data + ret->length, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s", path);
		if (got == 0)
			return true;
		strbuf_set_length(ret, ret->length + (size_t)got);
		total += (size_t)got;
	}
}

bool fs_write_all(int fd, const void *data, size_t length, const char *path, struct error *err)
{
	const char *rest = data;

	while (length) {
		ssize_t written = write(fd, rest, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_set_errno(err, errno, "%s", path);
		rest += written;
		length -= (size_t)written;
	}
	return true;
}

bool fs_sync(int fd, const char *path, struct error *err)
{
	if (fsync(fd) < 0)
		return error_set_errno(err, errno, "%s: cannot sync", path);
	return true;
}

bool fs_sync_folder(const char *path, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	return fs_sync(fd, path, err);
}

bool fs_atomic_open(struct fs_atomic *file, const char *path, mode_t mode, struct error *err)
{
	CLEANUP_FREE char *folder = fs_folder_of(path);
	CLEANUP_FREE char *name = xasprintf(".%s.XXXXXX", fs_name_of(path));
	char *temporary = fs_join(folder, name);
	int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0) {
		free(temporary);
		return error_set_errno(err, errno, "%s", path);
	}
	file->fd = fd;
	file->path = xstrdup(path);
	file->temporary = temporary;
	if (fchmod(fd, mode) < 0)
		return error_set_errno(err, errno, "%s", temporary);
	return true;
}

bool fs_atomic_commit(struct fs_atomic *file, struct error *err)
{
	CLEANUP_FREE char *folder = fs_folder_of(file->path);

	if (!fs_sync(file->fd, file->path, err))
		return false;
	if (rename(file->temporary, file->path) < 0)
		return error_set_errno(err, errno, "%s", file->path);
	free(TAKE(file->temporary));
	return fs_sync_folder(folder, err);
}

void fs_atomic_release(struct fs_atomic *file)
{
	if (file->temporary)
		(void)unlink(file->temporary);
	if (file->fd >= 0)
		(void)close(file->fd);
	free(file->temporary);
	free(file->path);
	*file = (struct fs_atomic)FS_ATOMIC_INIT;
}

bool fs_write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct error *err)
{
	CLEANUP(fs_atomic_release) struct fs_atomic file = FS_ATOMIC_INIT;

	return fs_atomic_open(&file, path, mode, err) && fs_write_all(file.fd, data, length, path, err) &&
	       fs_atomic_commit(&file, err);
}

/* However a file system says that it does not know the flag. */
static bool rename_flagged(int from_fd, const char *from, int to_fd, const char *to, unsigned flag)
{
	if (renameat2(from_fd, from, to_fd, to, flag) == 0)
		return true;
	if (errno == EINVAL || errno == ENOSYS)
		errno = EOPNOTSUPP;
	return false;
}

bool fs_rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
	if (rename_flagged(from_fd, from, to_fd, to, RENAME_NOREPLACE))
		return true;
	if (errno != EOPNOTSUPP)
		return false;
	if (faccessat(to_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	return errno == ENOENT && renameat(from_fd, from, to_fd, to) == 0;
}

bool fs_exchange(int one_fd, const char *one, int other_fd, const char *other)
{
	return rename_flagged(one_fd, one, other_fd, other, RENAME_EXCHANGE);
}

bool fs_make_folders(const char *path, mode_t mode, struct error *err)
{
	CLEANUP_FREE char *parent = fs_folder_of(path);
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		return error_set(err, ERROR_REFUSED, "%s: is in the way: not a folder", path);
	}
	if (errno != ENOENT)
		return error_set_errno(err, errno, "%s", path);
	if (strcmp(parent, path) != 0 && !fs_make_folders(parent, mode, err))
		return false;
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_set_errno(err, errno, "%s", path);
	return fs_sync_folder(parent, err);
}

static bool remove_entries(int folder_fd, const char *path, struct error *err);

static bool remove_entry(int parent_fd, const char *name, const char *path, struct error *err)
{
	CLEANUP_FD int fd = -1;

	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return error_set_errno(err, errno, "%s", path);
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!remove_entries(fd, path, err))
		return false;
	if (unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
		return error_set_errno(err, errno, "%s", path);
	return true;
}

static bool remove_entries(int folder_fd, const char *path, struct error *err)
{
	int copy = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
	CLEANUP_DIR DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(err, errno, "%s", path);
	while ((entry = readdir(dir))) {
		CLEANUP_FREE char *inside = NULL;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		inside = fs_join(path, entry->d_name);
		if (!remove_entry(folder_fd, entry->d_name, inside, err))
			return false;
	}
	return true;
}

bool fs_remove_tree(const char *path, struct error *err)
{
	return remove_entry(AT_FDCWD, path, path, err);
}

bool fs_is_unchanged(const struct stat *then, const struct stat *now)
{
	return then->st_dev == now->st_dev && then->st_ino == now->st_ino && then->st_size == now->st_size &&
	       then->st_mtim.tv_sec == now->st_mtim.tv_sec && then->st_mtim.tv_nsec == now->st_mtim.tv_nsec &&
	       then->st_ctim.tv_sec == now->st_ctim.tv_sec && then->st_ctim.tv_nsec == now->st_ctim.tv_nsec;
}

bool fs_check_owned(const struct stat *st, const char *path, const char *what, struct error *err)
{
	bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (geteuid() != 0)
		return true;
	if (S_ISLNK(st->st_mode))
		return error_set(err, ERROR_REFUSED, "%s: %s is a link; name the real path", what, path);
	if (st->st_uid != 0)
		return error_set(
			err, ERROR_REFUSED,
			"%s: %s belongs to user %u, who could change what root is about to run; chown it to root", what,
			path, (unsigned)st->st_uid);
	if ((st->st_mode & (S_IWOTH | (st->st_gid ? S_IWGRP : 0))) && !sticky)
		return error_set(err, ERROR_REFUSED, "%s: %s can be written by others (mode %04o); chmod go-w it", what,
				 path, (unsigned)(st->st_mode & 07777));
	return true;
}

static bool check_component(const char *path, const char *what, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? true : error_set_errno(err, errno, "%s", path);
	return fs_check_owned(&st, path, what, err);
}

bool fs_check_owned_path(const char *path, const char *what, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(path);

	if (geteuid() != 0)
		return true;
	for (char *slash = absolute + 1; (slash = strchr(slash, '/')); slash++) {
		bool fine;

		*slash = '\0';
		fine = check_component(absolute, what, err);
		*slash = '/';
		if (!fine)
			return false;
	}
	return check_component(absolute, what, err);
}
