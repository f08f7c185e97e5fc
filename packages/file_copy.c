// SPDX-License-Identifier: MIT
#include "packages/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { BUFFER_BYTES = 256 * 1024 };

static bool open_source(const struct tree_item *item, int *ret_fd, struct error *err)
{
	CLEANUP_FD int fd =
		openat(item->folder_fd, item->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", item->path);
	if (!S_ISREG(st.st_mode) || st.st_ino != item->st->st_ino || st.st_dev != item->st->st_dev)
		return error_set(err, ERROR_REFUSED, "%s: was replaced while it was read; stop what changes it",
				 item->path);
	*ret_fd = take_fd(&fd);
	return true;
}

static void free_digest(struct digest **digest)
{
	digest_free(*digest);
}

static bool copy_bytes(int from, int to, const char *path, struct file_copied *ret, struct error *err)
{
	CLEANUP(free_digest) struct digest *digest = digest_new();
	CLEANUP_FREE char *buffer = xmalloc_pages(BUFFER_BYTES);
	ssize_t got;

	ret->bytes = 0;
	while ((got = read(from, buffer, BUFFER_BYTES)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s", path);
		digest_add(digest, buffer, (size_t)got);
		if (!fs_write_all(to, buffer, (size_t)got, path, err))
			return false;
		ret->bytes += (uint64_t)got;
	}
	digest_finish(digest, ret->sha256);
	return true;
}

bool file_copy(const struct tree_item *item, int to_fd, mode_t mode, struct file_copied *ret, struct error *err)
{
	CLEANUP_FD int from = -1;
	CLEANUP_FD int to = -1;

	if (!open_source(item, &from, err))
		return false;
	to = openat(to_fd, item->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (to < 0 || fchmod(to, mode) < 0)
		return error_set_errno(err, errno, "%s: cannot be written", item->path);
	return copy_bytes(from, to, item->path, ret, err);
}
