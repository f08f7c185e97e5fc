// SPDX-License-Identifier: MIT
#include "packages/file_writer.h"

#include <errno.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

void file_writer_init(struct file_writer *writer, int tree_fd, struct report_writer *report)
{
	*writer = (struct file_writer){ .report = report, .digest = digest_new(), .fd = -1 };
	tree_writer_init(&writer->tree, tree_fd);
}

void file_writer_release(struct file_writer *writer)
{
	tree_writer_release(&writer->tree);
	digest_free(writer->digest);
	cleanup_fd_(&writer->fd);
	free(writer->path);
	*writer = (struct file_writer){ .fd = -1 };
}

bool file_writer_begin(struct file_writer *writer, const struct file_head *head, struct error *err)
{
	free(writer->path);
	writer->path = xstrdup(head->path);
	writer->mtime = head->mtime;
	writer->file = (struct report_file){ .executable = head->executable };
	digest_start(writer->digest);
	return tree_writer_create(&writer->tree, head->path, head->executable, &writer->fd, err);
}

bool file_writer_add(struct file_writer *writer, const void *data, size_t length, struct error *err)
{
	writer->file.size_bytes += length;
	digest_add(writer->digest, data, length);
	return fs_write_all(writer->fd, data, length, writer->path, err);
}

bool file_writer_end(struct file_writer *writer, struct error *err)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, writer->mtime };
	CLEANUP_FD int fd = take_fd(&writer->fd);

	if (futimens(fd, times) < 0)
		return error_set_errno(err, errno, "%s", writer->path);
	digest_finish(writer->digest, writer->file.digest);
	return report_file(writer->report, writer->path, &writer->file) ? true
									: error_set_errno(err, errno, "cannot report");
}
