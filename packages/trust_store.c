// SPDX-License-Identifier: MIT
#include "packages/trust_store.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <strings.h>

#include "packages/crypto_text.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

enum { FILE_LIMIT_BYTES = 8 << 20 };

void trust_store_release(struct trust_store *trust)
{
	X509_STORE_free(trust->store);
	sk_X509_pop_free(trust->certificates, X509_free);
	*trust = (struct trust_store)TRUST_STORE_INIT;
}

static void free_bio(BIO **bio)
{
	BIO_free(*bio);
}

static void free_certificates(STACK_OF(X509) * *certificates)
{
	sk_X509_pop_free(*certificates, X509_free);
}

static bool is_pem(const struct strbuf *text)
{
	return strstr(text->data, "-----BEGIN ") != NULL;
}

static BIO *memory(const struct strbuf *text)
{
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->length);

	crypto_must(bio);
	return bio;
}

/* Behind the last certificate PEM_read says that there is no further begin line, which is no error. */
static bool is_end_of_pem(void)
{
	unsigned long code = ERR_peek_last_error();

	if (ERR_GET_LIB(code) != ERR_LIB_PEM || ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
		return false;
	ERR_clear_error();
	return true;
}

static bool parse_pem(const struct strbuf *text, STACK_OF(X509) * ret)
{
	CLEANUP(free_bio) BIO *bio = memory(text);
	X509 *certificate;

	while ((certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)))
		crypto_must(sk_X509_push(ret, certificate) > 0);
	return is_end_of_pem() && sk_X509_num(ret) > 0;
}

static bool parse_der(const struct strbuf *text, STACK_OF(X509) * ret)
{
	const unsigned char *at = (const unsigned char *)text->data;
	X509 *certificate = d2i_X509(NULL, &at, (long)text->length);

	if (!certificate)
		return false;
	crypto_must(sk_X509_push(ret, certificate) > 0);
	return true;
}

bool trust_store_parse(const struct strbuf *text, const char *file, STACK_OF(X509) * *ret, struct error *err)
{
	CLEANUP(free_certificates) STACK_OF(X509) *certificates = sk_X509_new_null();

	crypto_must(certificates);
	ERR_clear_error();
	if (!(is_pem(text) ? parse_pem(text, certificates) : parse_der(text, certificates)))
		return error_set(err, ERROR_INPUT, "%s: holds no certificate that can be read (%s)", file,
				 crypto_reason());
	*ret = TAKE(certificates);
	return true;
}

static bool add_certificates(const struct strbuf *text, const char *file, struct trust_store *trust, struct error *err)
{
	CLEANUP(free_certificates) STACK_OF(X509) *certificates = NULL;

	if (!trust_store_parse(text, file, &certificates, err))
		return false;
	while (sk_X509_num(certificates) > 0) {
		X509 *certificate = sk_X509_shift(certificates);

		crypto_must(X509_STORE_add_cert(trust->store, certificate) == 1 &&
			    sk_X509_push(trust->certificates, certificate) > 0);
	}
	return true;
}

static bool add_revocations(const struct strbuf *text, const char *file, struct trust_store *trust, struct error *err)
{
	CLEANUP(free_bio) BIO *bio = memory(text);
	X509_CRL *crl = is_pem(text) ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : d2i_X509_CRL_bio(bio, NULL);

	if (!crl)
		return error_set(err, ERROR_INPUT, "%s: no list of revoked certificates that can be read (%s)", file,
				 crypto_reason());
	crypto_must(X509_STORE_add_crl(trust->store, crl) == 1);
	X509_CRL_free(crl);
	trust->has_crl = true;
	return true;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name);
	size_t tail = strlen(ending);

	return *name != '.' && length > tail && strcasecmp(name + length - tail, ending) == 0;
}

static bool add_file(const char *folder, const char *name, struct trust_store *trust, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	bool is_crl = ends_in(name, ".crl");

	if (!is_crl && !ends_in(name, ".pem") && !ends_in(name, ".crt") && !ends_in(name, ".cer"))
		return true;
	if (!fs_check_owned_path(path, "trusted certificate", err) || !fs_read_file(path, FILE_LIMIT_BYTES, &text, err))
		return false;
	return is_crl ? add_revocations(&text, path, trust, err) : add_certificates(&text, path, trust, err);
}

static bool add_folder(const char *folder, struct trust_store *trust, struct error *err)
{
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;

	if (!fs_check_owned_path(folder, "trust folder", err))
		return false;
	dir = opendir(folder);
	if (!dir)
		return errno == ENOENT || error_set_errno(err, errno, "%s", folder);
	errno = 0;
	while ((entry = readdir(dir))) {
		if (!add_file(folder, entry->d_name, trust, err))
			return false;
		errno = 0;
	}
	return !errno || error_set_errno(err, errno, "%s", folder);
}

bool trust_store_open(const char *folder, struct trust_store *ret, struct error *err)
{
	CLEANUP(trust_store_release)
	struct trust_store trust = { X509_STORE_new(), sk_X509_new_null(), false };
	CLEANUP_FREE char *absolute = fs_absolute(folder);

	crypto_must(trust.store && trust.certificates);
	if (!add_folder(absolute, &trust, err))
		return false;
	*ret = trust;
	trust = (struct trust_store)TRUST_STORE_INIT;
	return true;
}
