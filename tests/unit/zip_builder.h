// SPDX-License-Identifier: MIT
/*
 * Zip files byte by byte, for tests that need wrong ones: entries are stored, and every field can be made to lie.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runbook/base/strbuf.h"

struct zip_member {
	const char *name;       /* in the directory */
	size_t name_bytes;      /* 0: its length */
	const char *local_name; /* in the header; NULL: the same */
	const char *data;       /* NULL: none */
	uint16_t flags;
	uint16_t method;
	uint16_t local_method; /* added to that of the header */
	uint8_t host;          /* 3: Unix */
	uint32_t external;
	uint32_t size_lie; /* added to the size in the directory */
	uint32_t crc_lie;  /* the same for the checksum */
	const char *extra; /* in the directory */
	size_t extra_bytes;
	size_t descriptor;       /* length of the descriptor behind the data: 12, 16, 20 or 24 */
	uint32_t descriptor_lie; /* added to the size in it */
	const char *gap;         /* what stands behind the data */
	size_t gap_bytes;
	/* Set by zip_build: */
	uint32_t offset;
	uint32_t crc;
};

struct zip_end_lies {
	const char *before; /* what stands before the first entry, offsets counted in */
	size_t before_bytes;
	uint16_t count;  /* added */
	uint32_t offset; /* added */
	uint32_t bytes;  /* added */
	uint16_t disk;
	uint16_t comment_bytes; /* added to the length of the comment */
	const char *comment;
	size_t comment_size;
	bool zip64;           /* also writes the zip64 records, the plain fields as escapes */
	uint64_t zip64_count; /* added */
};

void zip_add16(struct strbuf *zip, uint16_t value);
void zip_add32(struct strbuf *zip, uint32_t value);
void zip_add64(struct strbuf *zip, uint64_t value);
uint32_t zip_crc32(const char *data, size_t length);

/* Appends a whole zip file of these members. `lies` may be NULL. */
void zip_build(struct strbuf *zip, struct zip_member *members, size_t count, const struct zip_end_lies *lies);
