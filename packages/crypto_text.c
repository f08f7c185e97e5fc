// SPDX-License-Identifier: MIT
#include "packages/crypto_text.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"
#include "runbook/base/utf8.h"

enum { NAME_LIMIT_BYTES = 400 };

void crypto_must(bool success)
{
	if (success)
		return;
	(void)fputs("runbook: libcrypto has no memory\n", stderr);
	abort();
}

char *crypto_name(const X509_NAME *name)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;
	CLEANUP_FREE char *text = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	long length;

	crypto_must(bio);
	(void)X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	length = BIO_get_mem_data(bio, &data);
	text = xmemdupz(data ? data : "", length > 0 ? (size_t)length : 0);
	BIO_free(bio);
	strbuf_add_visible(&shown, *text ? text : "(no name)", NAME_LIMIT_BYTES);
	return strbuf_detach(&shown);
}

void crypto_fingerprint(const X509 *certificate, char ret[static DIGEST_TEXT_SIZE])
{
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);

	digest_bytes(der ? der : (unsigned char *)"", length > 0 ? (size_t)length : 0, ret);
	OPENSSL_free(der);
}

int64_t crypto_time_ns(const ASN1_TIME *time)
{
	struct tm parts;

	if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
		return 0;
	return (int64_t)timegm(&parts) * 1000000000;
}

char *crypto_key(EVP_PKEY *key)
{
	const char *name = key ? EVP_PKEY_get0_type_name(key) : NULL;

	return name ? xasprintf("%s %d bits", name, EVP_PKEY_get_bits(key)) : xstrdup("unknown key");
}

const char *crypto_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return reason ? reason : "unknown reason";
}
