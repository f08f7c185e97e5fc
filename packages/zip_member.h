// SPDX-License-Identifier: MIT
/*
 * The content of zip entries, inflated and checked. Any order, any number of readers on one file.
 *
 * What is not too large is inflated in one go, with libdeflate; the rest, and bzip2, piece by piece (unpacker.h).
 */
#pragma once

#include "packages/zip_directory.h"

struct zip_member_reader;

/* On the descriptor of a file of `file_bytes`, which must stay open. Freed with zip_member_reader_free, which takes NULL. */
struct zip_member_reader *zip_member_reader_new(int fd, uint64_t file_bytes);
void zip_member_reader_free(struct zip_member_reader *reader);

/* Begins with an entry of a directory whose headers have been checked; it must stay until the next one. */
bool zip_member_open(struct zip_member_reader *reader, const struct zip_entry *entry, struct error *err);

/*
 * Gives the next bytes, valid until the next call. No bytes: the content is at its end, and size and checksum were right. ERROR_INPUT, naming the
 * entry: it is damaged, or longer or shorter than the directory says.
 */
bool zip_member_read(struct zip_member_reader *reader, const void **ret, size_t *ret_length, struct error *err);
