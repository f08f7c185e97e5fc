// SPDX-License-Identifier: MIT
/*
 * Keys and certificates for tests, made when they are needed: what is committed would expire.
 */
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runbook/base/cleanup.h"

struct test_certificate {
	EVP_PKEY *key;
	X509 *x509;
};

static inline void test_must(bool success)
{
	if (!success)
		abort();
}

enum { TEST_DAY_S = 24 * 60 * 60 };

struct test_certificate_wish {
	const char *name;
	const struct test_certificate *issuer; /* NULL: signs itself */
	const char *key;                       /* "RSA", "EC", "ED25519"; NULL: EC */
	int rsa_bits;
	long from_s;             /* from now */
	long until_s;            /* from now; 0: a day */
	const char *constraints; /* "CA:TRUE" */
	const char *usage;       /* "digitalSignature" */
	const char *extended;    /* "codeSigning" */
};

static inline EVP_PKEY *test_key(const struct test_certificate_wish *wish)
{
	if (wish->key && *wish->key == 'R')
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)(wish->rsa_bits ? wish->rsa_bits : 2048));
	if (wish->key && strcmp(wish->key, "ED25519") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

static inline void test_extension(X509 *x509, int id, const char *value)
{
	X509_EXTENSION *extension = value ? X509V3_EXT_conf_nid(NULL, NULL, id, value) : NULL;

	if (extension)
		(void)X509_add_ext(x509, extension, -1);
	X509_EXTENSION_free(extension);
}

static inline struct test_certificate test_certificate_make(const struct test_certificate_wish *wish)
{
	static long serial = 1000;
	struct test_certificate made = { test_key(wish), X509_new() };
	const struct test_certificate *issuer = wish->issuer ? wish->issuer : &made;
	X509_NAME *name = X509_get_subject_name(made.x509);

	(void)X509_set_version(made.x509, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(made.x509), serial++);
	(void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)wish->name, -1, -1, 0);
	(void)X509_set_issuer_name(made.x509, X509_get_subject_name(issuer->x509));
	(void)X509_gmtime_adj(X509_getm_notBefore(made.x509), wish->from_s);
	(void)X509_gmtime_adj(X509_getm_notAfter(made.x509), wish->until_s ? wish->until_s : TEST_DAY_S);
	(void)X509_set_pubkey(made.x509, made.key);
	test_extension(made.x509, NID_basic_constraints, wish->constraints);
	test_extension(made.x509, NID_key_usage, wish->usage);
	test_extension(made.x509, NID_ext_key_usage, wish->extended);
	test_must(X509_sign(made.x509, issuer->key,
			    wish->key && *wish->key == 'E' && wish->key[1] == 'D' ? NULL : EVP_sha256()) > 0);
	return made;
}

static inline void test_certificate_release(struct test_certificate *certificate)
{
	EVP_PKEY_free(certificate->key);
	X509_free(certificate->x509);
}

/* Appends to the file. */
static inline void test_write_certificate(const char *path, const struct test_certificate *certificate)
{
	CLEANUP_FILE FILE *file = fopen(path, "a");

	test_must(file && PEM_write_X509(file, certificate->x509) == 1);
}

static inline void test_write_key(const char *path, const struct test_certificate *certificate, const char *passphrase)
{
	CLEANUP_FILE FILE *file = fopen(path, "w");

	test_must(file && PEM_write_PrivateKey(file, certificate->key, passphrase ? EVP_aes_256_cbc() : NULL,
					       (const unsigned char *)passphrase,
					       passphrase ? (int)strlen(passphrase) : 0, NULL, NULL) == 1);
}
