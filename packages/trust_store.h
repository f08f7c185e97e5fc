// SPDX-License-Identifier: MIT
/*
 * The certificates that an admin trusts to vouch for packages: a folder of files. Only for packages/.
 *
 * Files that end in .pem, .crt or .cer hold certificates (PEM, any number, or one in DER), of an authority or of a signer itself; those in .crl what was
 * revoked. Other files are nothing. As root, a folder or file that somebody else could change is refused (fs_check_owned_path).
 */
#pragma once

#include <openssl/x509_vfy.h>

#include "runbook/base/error.h"

struct trust_store {
	X509_STORE *store;
	STACK_OF(X509) * certificates; /* those in the store */
	bool has_crl;
};

/* An empty or missing folder gives a store that trusts nobody. ERROR_INPUT: a file that holds no certificate, or a damaged one, is named. */
bool trust_store_open(const char *folder, struct trust_store *ret, struct error *err);
void trust_store_release(struct trust_store *trust);

#define TRUST_STORE_INIT          \
	{                         \
		NULL, NULL, false \
	}

/* The certificates of a PEM text, or the one that the bytes are in DER; `file` is for the message. The caller frees them with sk_X509_pop_free(). */
struct strbuf;
bool trust_store_parse(const struct strbuf *text, const char *file, STACK_OF(X509) * *ret, struct error *err);
