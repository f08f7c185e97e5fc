// SPDX-License-Identifier: MIT
/*
 * The one door through which XML comes in: bytes of a file or of memory, handed on as UTF-8.
 *
 * The encoding is decided by the byte order mark, the first bytes and the XML declaration: UTF-8, UTF-16 with a byte order mark,
 * us-ascii, iso-8859-* and windows-125*. `encoding="utf-16"`, as .NET writes it, on bytes that are UTF-8 is read as UTF-8. Anything else is refused,
 * as are bytes that are not what they are declared to be, lone surrogates and NUL. What comes out is well-formed UTF-8 without NUL, a byte order mark
 * or a declaration: that is overwritten with spaces, so that lines and columns stay.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runbook/base/problem.h"

struct xml_source;

/* A regular file of at most `limit_bytes`; nothing but that file is ever opened. NULL with a problem if it cannot be. */
struct xml_source *xml_source_open(const char *path, uint64_t limit_bytes, struct problem_list *problems);

/* Bytes in memory, which stay the caller's and must outlive the source. `file` is the name for messages. */
struct xml_source *xml_source_from_memory(const void *data, size_t length, const char *file);

void xml_source_free(struct xml_source *source);

static inline void xml_source_cleanup(struct xml_source **source)
{
	xml_source_free(*source);
}

#define CLEANUP_XML_SOURCE CLEANUP(xml_source_cleanup)

/* As the user named it. */
const char *xml_source_file(const struct xml_source *source);

struct xml_chunk {
	const char *data; /* valid until the next call */
	size_t length;
	unsigned line; /* of the first byte, from 1 */
	bool last;     /* nothing comes behind it */
};

enum {
	XML_CHUNK_HELD_LIMIT = 64 * 1024, /* so much of a chunk may be held back for the next */
};

/*
 * The next chunk. The first `consumed` bytes of the one before are done with; the rest of it, at most XML_CHUNK_HELD_LIMIT bytes, stands at the
 * beginning of this one, with more behind it unless the input is at its end. Returns false with a problem.
 */
bool xml_source_next(struct xml_source *source, size_t consumed, struct xml_chunk *ret, struct problem_list *problems);

/* How many line feeds there are. */
unsigned xml_count_lines(const char *data, size_t length);
