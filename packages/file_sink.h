// SPDX-License-Identifier: MIT
/*
 * Where the files of an archive go: written, hashed, counted and reported in one pass.
 *
 *	if (!file_sink_begin(sink, &item, err) || !file_sink_add(sink, data, length, err) || … || !file_sink_end(sink, err))
 */
#pragma once

#include <time.h>

#include "packages/extract_job.h"
#include "packages/tree_writer.h"

struct sink_item {
	const char *name;      /* as the archive spells it, for messages */
	const char *path;      /* normalised */
	int64_t size_bytes;    /* what must come; -1: the archive does not say */
	struct timespec mtime; /* tv_nsec UTIME_OMIT: not known */
	bool executable;
};

struct file_sink {
	struct extract_job *job; /* not owned */
	struct tree_writer writer;
	struct digest *digest;
	struct sink_item item; /* the file that is open */
	int fd;
	uint64_t file_bytes;
};

void file_sink_init(struct file_sink *sink, struct extract_job *job);
void file_sink_release(struct file_sink *sink);

/* Makes an empty folder and those above it; that it is there already does no harm. */
bool file_sink_make_folder(struct file_sink *sink, const char *path, struct error *err);

/* The strings of `item` must stay until the end. */
bool file_sink_begin(struct file_sink *sink, const struct sink_item *item, struct error *err);

/* ERROR_REFUSED: over a limit; ERROR_INPUT: more than the archive says. */
bool file_sink_add(struct file_sink *sink, const void *data, size_t length, struct error *err);

/* ERROR_INPUT: less than the archive says. */
bool file_sink_end(struct file_sink *sink, struct error *err);

/* Whether a size that the archive declares is within the limits, if `before_bytes` come out before it. */
bool file_sink_check_size(const struct extract_job *job, const char *name, uint64_t size_bytes, uint64_t before_bytes,
			  struct error *err);
