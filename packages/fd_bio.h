// SPDX-License-Identifier: MIT
/*
 * A file as libcrypto reads it: from its beginning, whatever the descriptor's offset, in large pieces, and digested on the way. Only for packages/.
 *
 * Reading errors are kept apart: libcrypto would take a disk that fails for a signature that does not fit.
 */
#pragma once

#include <openssl/bio.h>
#include <stdint.h>

#include "packages/digest.h"

struct fd_bio {
	int fd; /* not owned */
	uint64_t offset;
	int read_errno; /* 0: nothing has gone wrong */
	BIO *bio;
	BIO_METHOD *method;
	struct digest *digest; /* of all that was read from the file */
	unsigned char *buffer;
	size_t length; /* of what is in the buffer */
	size_t taken;  /* of that */
};

/* `self->bio` is then to be read. The descriptor stays the caller's. */
void fd_bio_open(struct fd_bio *self, int fd);
void fd_bio_release(struct fd_bio *self);
