// SPDX-License-Identifier: MIT
#include "packages/fd_bio.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "packages/crypto_text.h"
#include "runbook/base/alloc.h"

enum { BUFFER_BYTES = 256 * 1024 };

static bool fill(struct fd_bio *self)
{
	ssize_t got;

	do {
		got = pread(self->fd, self->buffer, BUFFER_BYTES, (off_t)self->offset);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		self->read_errno = errno;
		return false;
	}
	self->length = (size_t)got;
	self->taken = 0;
	self->offset += self->length;
	digest_add(self->digest, self->buffer, self->length);
	return true;
}

static int read_some(BIO *bio, char *data, int size)
{
	struct fd_bio *self = BIO_get_data(bio);
	size_t left = self->length - self->taken;
	size_t count;

	if (size <= 0)
		return 0;
	if (!left && !fill(self))
		return -1;
	left = self->length - self->taken;
	count = left < (size_t)size ? left : (size_t)size;
	memcpy(data, self->buffer + self->taken, count);
	self->taken += count;
	return (int)count;
}

/* Nothing that is asked of a file to be read needs an answer. */
static long control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

void fd_bio_open(struct fd_bio *self, int fd)
{
	*self = (struct fd_bio){ .fd = fd,
				 .digest = digest_new(),
				 .buffer = xmalloc_pages(BUFFER_BYTES),
				 .method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "file") };
	crypto_must(self->method && BIO_meth_set_read(self->method, read_some) == 1 &&
		    BIO_meth_set_ctrl(self->method, control) == 1);
	self->bio = BIO_new(self->method);
	crypto_must(self->bio);
	BIO_set_data(self->bio, self);
	BIO_set_init(self->bio, 1);
}

void fd_bio_release(struct fd_bio *self)
{
	BIO_free(self->bio);
	BIO_meth_free(self->method);
	digest_free(self->digest);
	free(self->buffer);
	*self = (struct fd_bio){ .fd = -1 };
}
