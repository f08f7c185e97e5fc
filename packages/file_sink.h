// SPDX-License-Identifier: MIT
/*
 * Where the files of an archive go: counted here, then written, hashed and reported in one pass (file_writer.h).
 *
 *	if (!file_sink_begin(sink, &item, err) || !file_sink_add(sink, data, length, err) || … || !file_sink_end(sink, err))
 */
#pragma once

#include "packages/file_writer.h"
#include "packages/writer_process.h"

struct sink_item {
	const char *name;   /* as the archive spells it, for messages */
	int64_t size_bytes; /* what must come; -1: the archive does not say */
	struct file_head head;
};

struct file_sink {
	struct extract_job *job; /* not owned */
	struct file_writer writer;
	struct writer_process *helper; /* NULL: none */
	struct sink_item item;         /* the file that is open */
	bool helped;                   /* the helper writes it */
	uint64_t file_bytes;
	char *buffer; /* of file_sink_room() */
};

void file_sink_init(struct file_sink *sink, struct extract_job *job);
void file_sink_release(struct file_sink *sink);

/*
 * For who unpacks an archive from its begin to its end: has files written by a second process, too, if one can be had. Content must then be put where
 * file_sink_room() says, and file_sink_finish() be called. The job's `error_order` counts for the file that begins.
 */
void file_sink_share_work(struct file_sink *sink);

/* Makes an empty folder and those above it; that it is there already does no harm. */
bool file_sink_make_folder(struct file_sink *sink, const char *path, struct error *err);

/* The strings of `item` must stay until the end. */
bool file_sink_begin(struct file_sink *sink, const struct sink_item *item, struct error *err);

/* Where the next bytes for file_sink_add() are to be put. */
bool file_sink_room(struct file_sink *sink, void **ret, size_t *ret_bytes, struct error *err);

/* ERROR_REFUSED: over a limit; ERROR_INPUT: more than the archive says. */
bool file_sink_add(struct file_sink *sink, const void *data, size_t length, struct error *err);

/* ERROR_INPUT: less than the archive says. */
bool file_sink_end(struct file_sink *sink, struct error *err);

/* Waits until all files have been written and reported. */
bool file_sink_finish(struct file_sink *sink, struct error *err);

/* Whether a size that the archive declares is within the limits, if `before_bytes` come out before it. */
bool file_sink_check_size(const struct extract_job *job, const char *name, uint64_t size_bytes, uint64_t before_bytes,
			  struct error *err);
