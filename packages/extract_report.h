// SPDX-License-Identifier: MIT
/*
 * What the processes that unpack tell the one that waits for them.
 *
 * A report is a record in a pipe that they all write to: what a file became, the archive's format, an error. Records are gathered into pieces that the
 * pipe takes whole. The reader believes none of it: lengths, texts and numbers are checked, and files are looked at again (tree_check.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "packages/digest.h"
#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

struct report_file {
	char *path; /* not looked at when it is written */
	uint64_t size_bytes;
	char digest[DIGEST_TEXT_SIZE];
	bool executable;
	bool seen; /* for who compares them with a tree */
};

/* Writing, in a process that unpacks. One that was forked starts with an empty buffer of its own. */
struct report_writer {
	int fd; /* not owned */
	size_t length;
	char buffer[4096]; /* no more than PIPE_BUF */
};

/* Each returns false, with errno, if nobody reads any more. A text that is too long for a record is cut. */
bool report_file(struct report_writer *writer, const char *path, const struct report_file *file);
bool report_format(struct report_writer *writer, const char *format);

/* `order` says where in the archive it happened: of several errors the one with the lowest counts. */
bool report_error(struct report_writer *writer, uint64_t order, const struct error *err);
bool report_flush(struct report_writer *writer);

/* Reading. */
struct report_reader {
	struct report_file *files;
	size_t count;
	size_t alloc;
	uint64_t file_limit; /* more files than that are not believed */
	char *format;
	struct error error; /* the one that counts; its code is 0 if there is none */
	uint64_t error_order;
	struct strbuf rest; /* the begin of a record that is still to come */
};

void report_reader_init(struct report_reader *reader, uint64_t file_limit);
void report_reader_release(struct report_reader *reader);

/* Takes the next bytes from the pipe. ERROR_REFUSED: they are no reports. */
bool report_reader_add(struct report_reader *reader, const void *data, size_t length, struct error *err);

/* Sorts the files by path. ERROR_REFUSED: one was reported twice, or a report was cut off. */
bool report_reader_finish(struct report_reader *reader, struct error *err);
