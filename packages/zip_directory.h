// SPDX-License-Identifier: MIT
/*
 * The central directory of a zip file, read and checked by us before libarchive sees the file.
 *
 * A zip file says everything twice, in the central directory and in a header before each entry's data, and readers differ in what they
 * believe; libarchive takes names from the latter and does not tell. What the two contradict each other about, what lies outside both and what
 * overlaps is refused here, so that all readers would see one and the same package (APPNOTE 6.3.10).
 */
#pragma once

#include <stdint.h>
#include <time.h>

#include "packages/file_window.h"
#include "runbook/base/error.h"

struct zip_entry {
	char *name;   /* UTF-8, nothing normalised; owned */
	char *stored; /* the bytes that stand for it in the file, NULL: the same as `name`; owned */
	size_t stored_bytes;
	uint64_t packed_bytes;
	uint64_t size_bytes;
	uint64_t header_offset;
	uint64_t data_offset;  /* set by zip_directory_check_headers */
	struct timespec mtime; /* tv_nsec UTIME_OMIT: not known */
	uint32_t crc32;
	uint16_t method;
	uint16_t flags;
	bool folder;
	bool executable;
};

enum {
	ZIP_FLAG_ENCRYPTED = 1U << 0,
	ZIP_FLAG_DESCRIPTOR = 1U << 3, /* sizes and CRC follow the data */
	ZIP_FLAG_STRONG_ENCRYPTION = 1U << 6,
	ZIP_FLAG_UTF8 = 1U << 11,
	ZIP_FLAG_MASKED = 1U << 13, /* local headers are masked: encrypted directory */
};

struct zip_directory {
	struct zip_entry *entries; /* in the order of their data */
	size_t count;
	size_t alloc;
	uint64_t start;    /* offset of the central directory: where the entries end */
	uint64_t file_end; /* behind the last record; a comment and what follows are not read */
};

#define ZIP_DIRECTORY_INIT       \
	{                        \
		NULL, 0, 0, 0, 0 \
	}

void zip_directory_release(struct zip_directory *directory);

/*
 * Reads the directory. ERROR_INPUT: damaged, truncated, part of a split archive, something before or behind the archive, an unsupported method
 * (named); ERROR_REFUSED: encrypted, more than `entry_limit` entries, links, devices and other special files, set-id bits.
 */
bool zip_directory_read(struct file_window *file, uint64_t entry_limit, struct zip_directory *ret, struct error *err);

/* Compares the directory with the header before each entry's data; no byte may belong to two entries or hide between them. */
bool zip_directory_check_headers(struct zip_directory *directory, struct file_window *file, struct error *err);
