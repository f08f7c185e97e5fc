// SPDX-License-Identifier: MIT
/*
 * Writes files below the tree's folder, hashes and reports them, in one pass.
 *
 *	if (!file_writer_begin(writer, &head, err) || !file_writer_add(writer, data, length, err) || … || !file_writer_end(writer, err))
 */
#pragma once

#include <time.h>

#include "packages/extract_job.h"
#include "packages/tree_writer.h"

struct file_head {
	const char *path;      /* normalised */
	struct timespec mtime; /* tv_nsec UTIME_OMIT: not known */
	bool executable;
};

struct file_writer {
	struct report_writer *report; /* not owned */
	struct tree_writer tree;
	struct digest *digest;
	int fd; /* of the file that is open */
	char *path;
	struct timespec mtime;
	struct report_file file;
};

/* Needs umask 0, see tree_writer.h. */
void file_writer_init(struct file_writer *writer, int tree_fd, struct report_writer *report);
void file_writer_release(struct file_writer *writer);

bool file_writer_begin(struct file_writer *writer, const struct file_head *head, struct error *err);
bool file_writer_add(struct file_writer *writer, const void *data, size_t length, struct error *err);
bool file_writer_end(struct file_writer *writer, struct error *err);
