// SPDX-License-Identifier: MIT
/*
 * Writes a small tar.gz: the same entries give the same bytes. No owners, no times, mode 0600.
 *
 *	archive_writer_open → archive_writer_add … → archive_writer_commit
 */
#pragma once

#include <stddef.h>

#include "runbook/base/error.h"

struct archive_writer;

/* The file appears whole when it is committed, or not at all. */
bool archive_writer_open(const char *path, struct archive_writer **ret, struct error *err);
void archive_writer_free(struct archive_writer *writer); /* NULL is fine */

/* Adds a file under that name. */
bool archive_writer_add(struct archive_writer *writer, const char *name, const void *data, size_t length,
			struct error *err);
bool archive_writer_commit(struct archive_writer *writer, struct error *err);
