// SPDX-License-Identifier: MIT
/*
 * Reads an archive entry by entry: the one place that calls libarchive.
 *
 * Only the reader and the one decompressor that the file's first bytes call for are enabled; a zip file has passed zip_directory.h before. What an
 * entry is (link, device, set-id, encrypted) is judged here, its name by entry_name.h, its size by whoever writes it. Names do not depend on the
 * caller's locale. Nothing is ever asked: there is no password to give.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "packages/cage.h"
#include "packages/file_kind.h"
#include "packages/file_window.h"
#include "runbook/base/error.h"

struct package_item {
	char *name; /* UTF-8, nothing normalised; owned */
	bool folder;
	bool executable;
	int64_t size_bytes;    /* -1: the archive does not say */
	struct timespec mtime; /* tv_nsec UTIME_OMIT: the archive does not say, or nonsense */
};

void package_item_release(struct package_item *item);

struct package_reader;

/*
 * Opens an archive on the descriptor of `file`, which must stay open; the window itself is needed only during the call. ERROR_INPUT: no archive we read, and what it
 * looks like.
 */
bool package_reader_open(struct file_window *file, uint64_t entry_limit, struct package_reader **ret,
			 struct error *err);

/* The same for a process in the cage, which may start another one to decompress. */
bool package_reader_open_in(const struct cage *cage, struct file_window *file, uint64_t entry_limit,
			    struct package_reader **ret, struct error *err);

/* Takes NULL. */
void package_reader_free(struct package_reader *reader);

/* How many bytes of the file have been read. */
uint64_t package_reader_position(const struct package_reader *reader);

/*
 * Loads what package_reader_open needs from the system, for a process that cannot open files later. ERROR_SYSTEM: the machine has no UTF-8 locale.
 */
bool package_reader_prepare(struct error *err);

/* What a file is by its first bytes, or by its last. ERROR_INPUT: no archive we read, and what it looks like. */
bool package_reader_probe(struct file_window *file, enum file_kind *ret, struct error *err);

/* What it is, and the name of that: "zip", "tar.gz" … */
enum file_kind package_reader_kind(const struct package_reader *reader);
const char *package_reader_format(const struct package_reader *reader);

/*
 * Goes on to the next entry, whether the last one was read or not. At the end sets `ret_end` and leaves `ret` alone. ERROR_REFUSED for what
 * policy forbids, ERROR_INPUT for what is damaged or unsupported, both naming the entry.
 */
bool package_reader_next(struct package_reader *reader, struct package_item *ret, bool *ret_end, struct error *err);

/* Reads the entry's content on; `ret_length` is less than `size` only at its end. Holes are read as zeros. */
bool package_reader_read(struct package_reader *reader, void *buffer, size_t size, size_t *ret_length,
			 struct error *err);
