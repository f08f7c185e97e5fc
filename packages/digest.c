// SPDX-License-Identifier: MIT
#include "packages/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

#include "runbook/base/alloc.h"

enum { SHA256_BYTES = 32, READ_BYTES = 64 * 1024 };

/* A few small files are hashed for each step: looking the algorithm up once costs less than hashing one of them. */
struct digest {
	EVP_MD *algorithm;
	EVP_MD_CTX *context;
};

/* Without memory or SHA-256 (a broken installation of libcrypto) nothing can go on. */
static void must_succeed(bool success)
{
	if (success)
		return;
	(void)fputs("runbook: libcrypto cannot compute SHA-256\n", stderr);
	abort();
}

struct digest *digest_new(void)
{
	struct digest *digest = xmalloc(sizeof(*digest));

	digest->algorithm = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	digest->context = EVP_MD_CTX_new();
	must_succeed(digest->algorithm && digest->context);
	digest_start(digest);
	return digest;
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	EVP_MD_free(digest->algorithm);
	free(digest);
}

void digest_start(struct digest *digest)
{
	must_succeed(EVP_DigestInit_ex2(digest->context, digest->algorithm, NULL) == 1);
}

void digest_add(struct digest *digest, const void *data, size_t length)
{
	must_succeed(EVP_DigestUpdate(digest->context, data, length) == 1);
}

void digest_finish(struct digest *digest, char ret[static DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_BYTES];

	must_succeed(EVP_DigestFinal_ex(digest->context, hash, NULL) == 1);
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[2 * (size_t)SHA256_BYTES] = '\0';
}

static void cleanup_digest(struct digest **digest)
{
	digest_free(*digest);
}

/* From `offset`; -1: from where the file stands. */
static bool digest_from(int fd, off_t offset, const char *path, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	CLEANUP(cleanup_digest) struct digest *digest = digest_new();
	CLEANUP_FREE char *buffer = xmalloc_pages(READ_BYTES);
	ssize_t got;

	while ((got = offset < 0 ? read(fd, buffer, READ_BYTES) : pread(fd, buffer, READ_BYTES, offset)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s", path);
		digest_add(digest, buffer, (size_t)got);
		if (offset >= 0)
			offset += got;
	}
	digest_finish(digest, ret);
	return true;
}

bool digest_fd(int fd, const char *path, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	return digest_from(fd, -1, path, ret, err);
}

bool digest_of_file(int fd, const char *path, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	return digest_from(fd, 0, path, ret, err);
}

void digest_bytes(const void *data, size_t length, char ret[static DIGEST_TEXT_SIZE])
{
	CLEANUP(cleanup_digest) struct digest *digest = digest_new();

	digest_add(digest, data, length);
	digest_finish(digest, ret);
}
