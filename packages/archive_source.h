// SPDX-License-Identifier: MIT
/*
 * The part of a file that libarchive is given to read.
 *
 * It reads at its own offset, so that several can share a descriptor, into a buffer that starts at a page, and sees no end of the file but the
 * one it is given: what follows behind a zip file's last record does not exist for it.
 */
#pragma once

#include <archive.h>
#include <stdint.h>

struct archive_source {
	int fd; /* not owned */
	uint64_t end;
	uint64_t offset;
	int read_errno;        /* 0: nothing has gone wrong */
	unsigned char *buffer; /* owned */
};

void archive_source_init(struct archive_source *source, int fd, uint64_t end);
void archive_source_release(struct archive_source *source);

/* The next bytes, valid until the next call; 0 at the end, -1 and `read_errno` if they cannot be read. */
la_ssize_t archive_source_read(struct archive_source *source, const void **ret);

/* Opens `archive` on the source, which must outlive it. Returns what libarchive returns. */
int archive_source_open(struct archive_source *source, struct archive *archive);
