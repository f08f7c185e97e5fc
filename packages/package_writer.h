// SPDX-License-Identifier: MIT
/*
 * Writes a package: a zip file that every reader takes, with 64-bit sizes where they are needed.
 *
 * The same files give the same bytes. Names are UTF-8, whatever the caller's locale; what is compressed already is stored.
 */
#pragma once

#include <stdint.h>
#include <time.h>

#include "runbook/base/error.h"

struct package_writer;

struct package_member {
	const char *path; /* with single slashes */
	bool executable;
	time_t mtime;
	uint64_t size_bytes;
};

/* Begins a file on an open descriptor, which stays the caller's; `path` is for messages. */
bool package_writer_open(int fd, const char *path, struct package_writer **ret, struct error *err);

/* Adds a file: from an open descriptor, read from its beginning, or from memory. ERROR_INPUT: it has not the size it was said to have. */
bool package_writer_add(struct package_writer *writer, const struct package_member *member, int fd, struct error *err);
bool package_writer_add_bytes(struct package_writer *writer, const struct package_member *member, const void *bytes,
			      struct error *err);

/* Writes the directory; without it there is no zip file. */
bool package_writer_finish(struct package_writer *writer, struct error *err);

/* Takes NULL. */
void package_writer_free(struct package_writer *writer);
