// SPDX-License-Identifier: MIT
/*
 * Any bytes as the signature of an archive, and as trusted certificates. Nobody is trusted, so that no signature may be: whatever it says.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "packages/signature.h"
#include "packages/trust_store.h"

/* The bytes that the signatures of the corpus were made over. */
static const char content[] = "PK: the archive";

static void check_signature(const uint8_t *data, size_t size)
{
	static int fd = -1;
	CLEANUP_STRBUF struct strbuf bytes = STRBUF_INIT;
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct signature_request request = { .archive = "f", .trust_folder = "/nonexistent" };

	if (fd < 0) {
		fd = memfd_create("archive", MFD_CLOEXEC);
		must(fd >= 0 && pwrite(fd, content, sizeof(content) - 1, 0) == (ssize_t)sizeof(content) - 1);
	}
	request.archive_fd = fd;
	strbuf_add(&bytes, data, size);
	must(signature_check_bytes(&request, &bytes, &signature, &err));
	must(signature.state == SIGNATURE_WRONG || signature.state == SIGNATURE_UNTRUSTED);
	must(*signature.reason && signature.signer && signature.issuer && signature.key);
	must(signature.state == SIGNATURE_WRONG || (*signature.signer && *signature.archive_sha256));
}

static void check_certificates(const uint8_t *data, size_t size)
{
	CLEANUP_STRBUF struct strbuf bytes = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	STACK_OF(X509) *certificates = NULL;

	strbuf_add(&bytes, data, size);
	if (trust_store_parse(&bytes, "f", &certificates, &err))
		must(sk_X509_num(certificates) > 0);
	else
		must(err.code == ERROR_INPUT && !certificates);
	sk_X509_pop_free(certificates, X509_free);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_signature(data, size);
	check_certificates(data, size);
	return 0;
}
