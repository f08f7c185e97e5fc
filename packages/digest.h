// SPDX-License-Identifier: MIT
/*
 * SHA-256, from libcrypto.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/error.h"

/* Hexadecimal, lower case, with NUL. */
enum { DIGEST_TEXT_SIZE = 65 };

struct digest; /* one running computation */

/* Started; digest_start begins another one after digest_finish. Released with digest_free, which takes NULL. */
struct digest *digest_new(void);
void digest_free(struct digest *digest);
void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t length);
void digest_finish(struct digest *digest, char ret[static DIGEST_TEXT_SIZE]);

/* The digest of all that can be read from an open file, from its current offset. `path` is for the message. */
bool digest_fd(int fd, const char *path, char ret[static DIGEST_TEXT_SIZE], struct error *err);

/* The same for all of a file from its first byte; its offset is neither used nor changed. */
bool digest_of_file(int fd, const char *path, char ret[static DIGEST_TEXT_SIZE], struct error *err);

/* The digest of bytes in memory. */
void digest_bytes(const void *data, size_t length, char ret[static DIGEST_TEXT_SIZE]);
