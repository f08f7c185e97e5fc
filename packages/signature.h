// SPDX-License-Identifier: MIT
/*
 * Who vouches for an archive: a detached CMS signature (RFC 5652) over its bytes, in the file ARCHIVE.p7s, DER or PEM.
 *
 * `openssl cms -sign -binary` makes the same. Any key that CMS and libcrypto know will do (RSA, ECDSA); digests below 256 bits and keys below 112 bits of strength
 * are not trusted. A signer is trusted if its certificate is valid now, is for signing, and stands in the trust folder or is vouched for by one that does, as
 * far as trust_store.h says; with several signers each must be. The archive is read from the descriptor, once, and never held in memory.
 */
#pragma once

#include <stdint.h>

#include "packages/digest.h"
#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

#define SIGNATURE_ENDING ".p7s"
#define SIGNATURE_TRUST_FOLDER "/etc/runbook/trust.d"

enum signature_state {
	SIGNATURE_NONE,      /* there is no such file */
	SIGNATURE_TRUSTED,   /* the archive is what somebody signed whom we trust */
	SIGNATURE_UNTRUSTED, /* it is what somebody signed */
	SIGNATURE_WRONG,     /* it is not what was signed, or the signature is none */
};

struct signature {
	enum signature_state state;
	char *reason; /* why it is not trusted, for people; "" if it is, or there is none */
	char *signer; /* subject of the first signer's certificate, or of the one that is not trusted; "": not known */
	char *issuer;
	char *key;                          /* "RSA 3072 bits" */
	int64_t signed_ns;                  /* as the signer says; 0: not said */
	int64_t expires_ns;                 /* the certificate */
	char fingerprint[DIGEST_TEXT_SIZE]; /* of the certificate; "": not known */
	char archive_sha256
		[DIGEST_TEXT_SIZE]; /* of the bytes that were checked; "": none were, for lack of a signature */
};

#define SIGNATURE_INIT                  \
	{                               \
		.state = SIGNATURE_NONE \
	}

void signature_release(struct signature *signature);

#define CLEANUP_SIGNATURE CLEANUP(signature_release)

/* "trusted", "untrusted", "wrong", "none" */
const char *signature_state_name(enum signature_state state);

/* ARCHIVE.p7s; the caller frees it. */
char *signature_path(const char *archive);

struct signature_request {
	int archive_fd;           /* read from its beginning */
	const char *archive;      /* its name, for messages */
	const char *trust_folder; /* NULL: SIGNATURE_TRUST_FOLDER */
};

/* Checks the archive against ARCHIVE.p7s. Whatever is wrong with the signature is in `ret`; false only if something cannot be read: ERROR_SYSTEM. */
bool signature_check(const struct signature_request *request, struct signature *ret, struct error *err);

/* The same with the signature in memory. */
bool signature_check_bytes(const struct signature_request *request, const struct strbuf *bytes, struct signature *ret,
			   struct error *err);

struct signing_request {
	const char *archive;
	const char *key_file; /* private key, PEM */
	const char
		*certificate_file;   /* the signer's certificate, then those between it and a trusted one; PEM or DER */
	const char *passphrase_file; /* its first line opens an encrypted key; NULL: the key is not encrypted */
};

/*
 * Writes ARCHIVE.p7s, replacing an older one, whole or not at all, and tells in `ret` who signed. ERROR_INPUT: no archive, no key or certificate, or they do not belong
 * together. ERROR_REFUSED: the certificate is not valid now, or not for signing: nobody would trust the signature.
 */
bool signature_make(const struct signing_request *request, struct signature *ret, struct error *err);
