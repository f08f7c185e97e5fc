// SPDX-License-Identifier: MIT
/*
 * Writes files below a folder that nobody else writes to.
 *
 * Each part of a path is opened by itself beneath the folder before it, never following a link; folders stay open for the files to come. Everything is
 * made with the mode it shall have; the umask must be 0. Several processes can write into the same tree.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

enum { TREE_WRITER_FOLDERS = 256, TREE_MODE_FOLDER = 0755, TREE_MODE_FILE = 0644, TREE_MODE_PROGRAM = 0755 };

struct tree_writer {
	int root_fd; /* not owned */
	/* Open folders, each at the place its path hashes to until another one takes it. */
	struct tree_writer_folder {
		char *path; /* NULL: none */
		int fd;
	} open[TREE_WRITER_FOLDERS];
};

void tree_writer_init(struct tree_writer *writer, int root_fd);
void tree_writer_release(struct tree_writer *writer);

/* Makes a folder, unless it is there, and those above it. `path` is normalised; "" is the root. */
bool tree_writer_make_folder(struct tree_writer *writer, const char *path, struct error *err);

/* Makes a new file and the folders above it, and opens it for writing. */
bool tree_writer_create(struct tree_writer *writer, const char *path, bool executable, int *ret_fd, struct error *err);
