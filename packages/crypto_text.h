// SPDX-License-Identifier: MIT
/*
 * What libcrypto has to say, as text for people. Only for packages/.
 *
 * Names in certificates are somebody else's words: control characters in them are shown, not executed.
 */
#pragma once

#include <openssl/x509.h>
#include <stdint.h>

#include "packages/digest.h"

/* Aborts with a message unless `success`: without memory nothing can go on, see alloc.h. */
void crypto_must(bool success);

/* "CN = Shop Builds, O = Shop". The caller frees it. */
char *crypto_name(const X509_NAME *name);

/* SHA-256 of the certificate. */
void crypto_fingerprint(const X509 *certificate, char ret[static DIGEST_TEXT_SIZE]);

/* Nanoseconds since 1970; 0 if it is no time. */
int64_t crypto_time_ns(const ASN1_TIME *time);

/* "RSA 3072 bits". The caller frees it. */
char *crypto_key(EVP_PKEY *key);

/* The reason of the last error in libcrypto's queue, which is emptied; "unknown reason" if there is none. Static text. */
const char *crypto_reason(void);
