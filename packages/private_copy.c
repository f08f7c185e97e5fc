// SPDX-License-Identifier: MIT
#include "packages/private_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { PIECE_BYTES = 1 << 30 };

static bool is_private(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

/* Not every file system knows files that never had a name. */
static int make_nameless(const char *folder)
{
	CLEANUP_FREE char *path = fs_join(folder, ".runbook-copy-XXXXXX");
	int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, FS_MODE_FILE);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

/* Across file systems, and where blocks cannot be shared, the kernel copies all the same. */
static ssize_t copy_piece(int from, int to, off_t *offset)
{
	loff_t in = *offset;
	ssize_t copied = copy_file_range(from, &in, to, NULL, PIECE_BYTES, 0);

	if (copied >= 0) {
		*offset = in;
		return copied;
	}
	return sendfile(to, from, offset, PIECE_BYTES);
}

bool private_copy(int *fd, const char *path, const char *folder, struct error *err)
{
	CLEANUP_FD int copy = -1;
	ssize_t copied = 1;
	off_t offset = 0;
	struct stat st;

	if (fstat(*fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	if (is_private(&st))
		return true;
	copy = make_nameless(folder);
	if (copy < 0)
		return error_set_errno(err, errno, "%s: cannot make a private copy of %s", folder, path);
	while (copied > 0)
		copied = copy_piece(*fd, copy, &offset);
	if (copied < 0)
		return error_set_errno(err, errno, "%s: cannot make a private copy of %s", folder, path);
	(void)close(*fd);
	*fd = take_fd(&copy);
	return true;
}
