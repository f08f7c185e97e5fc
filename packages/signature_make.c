// SPDX-License-Identifier: MIT
#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "packages/crypto_text.h"
#include "packages/fd_bio.h"
#include "packages/file_kind.h"
#include "packages/signature.h"
#include "packages/signer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

/* A signature is there to be handed on with its archive. */
enum { SIGNATURE_MODE = 0644, KEY_LIMIT_BYTES = 1 << 20 };

struct signing {
	EVP_PKEY *key;
	STACK_OF(X509) * certificates; /* the signer's first */
	CMS_ContentInfo *cms;
};

static void signing_release(struct signing *signing)
{
	EVP_PKEY_free(signing->key);
	sk_X509_pop_free(signing->certificates, X509_free);
	CMS_ContentInfo_free(signing->cms);
}

/* What the key is opened with, and whether it was asked for. */
struct passphrase {
	struct strbuf text;
	bool asked;
};

static void passphrase_release(struct passphrase *passphrase)
{
	OPENSSL_cleanse(passphrase->text.data, passphrase->text.length);
	strbuf_release(&passphrase->text);
}

static int give_passphrase(char *buffer, int size, int writing, void *user)
{
	struct passphrase *passphrase = user;

	(void)writing;
	passphrase->asked = true;
	if (!passphrase->text.length || passphrase->text.length > (size_t)size)
		return -1;
	memcpy(buffer, passphrase->text.data, passphrase->text.length);
	return (int)passphrase->text.length;
}

static bool read_passphrase(const char *file, struct passphrase *ret, struct error *err)
{
	if (!file)
		return true;
	if (!fs_read_file(file, KEY_LIMIT_BYTES, &ret->text, err))
		return false;
	strbuf_set_length(&ret->text, strcspn(ret->text.data, "\r\n"));
	return true;
}

static bool parse_key(const struct signing_request *request, const struct strbuf *text, struct passphrase *passphrase,
		      EVP_PKEY **ret, struct error *err)
{
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->length);

	crypto_must(bio);
	ERR_clear_error();
	*ret = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, passphrase);
	BIO_free(bio);
	if (*ret)
		return true;
	if (passphrase->asked && !request->passphrase_file)
		return error_set(err, ERROR_INPUT, "%s: the key is encrypted; give its passphrase with -passphrasefile",
				 request->key_file);
	if (passphrase->asked)
		return error_set(err, ERROR_INPUT, "%s: the first line of %s does not open the key", request->key_file,
				 request->passphrase_file);
	return error_set(err, ERROR_INPUT, "%s: no private key in PEM that can be read (%s)", request->key_file,
			 crypto_reason());
}

static bool read_key(const struct signing_request *request, EVP_PKEY **ret, struct error *err)
{
	CLEANUP(passphrase_release) struct passphrase passphrase = { STRBUF_INIT, false };
	CLEANUP(passphrase_release) struct passphrase key = { STRBUF_INIT, false };

	return read_passphrase(request->passphrase_file, &passphrase, err) &&
	       fs_read_file(request->key_file, KEY_LIMIT_BYTES, &key.text, err) &&
	       parse_key(request, &key.text, &passphrase, ret, err);
}

static bool read_certificates(const char *file, STACK_OF(X509) * *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	return fs_read_file(file, KEY_LIMIT_BYTES, &text, err) && trust_store_parse(&text, file, ret, err);
}

static bool check_pair(const struct signing_request *request, const struct signing *signing, struct error *err)
{
	X509 *certificate = sk_X509_value(signing->certificates, 0);
	CLEANUP_STRBUF struct strbuf reason = STRBUF_INIT;

	if (X509_check_private_key(certificate, signing->key) != 1) {
		ERR_clear_error();
		return error_set(err, ERROR_INPUT, "the key %s does not belong to the first certificate of %s",
				 request->key_file, request->certificate_file);
	}
	if (!signer_is_fit(certificate, &reason))
		return error_set(err, ERROR_REFUSED, "%s cannot sign: %s", request->certificate_file, reason.data);
	return true;
}

/* An error page of a download is soon signed. */
static bool open_archive(const char *archive, int *ret_fd, struct error *err)
{
	CLEANUP_FREE unsigned char *head = xmalloc(FILE_KIND_BYTES);
	CLEANUP_FD int fd = -1;
	const char *looks_like = "";
	enum file_kind kind;
	ssize_t length;

	if (!fs_open_regular(archive, &fd, NULL, err))
		return false;
	length = pread(fd, head, FILE_KIND_BYTES, 0);
	if (length < 0)
		return error_set_errno(err, errno, "%s", archive);
	kind = file_kind_probe(head, (size_t)length, &looks_like);
	if (kind == FILE_IS_OTHER || kind == FILE_IS_UNKNOWN)
		return error_set(err, ERROR_INPUT, "%s: no package: it looks like %s", archive, looks_like);
	*ret_fd = take_fd(&fd);
	return true;
}

/* SHA-256, but for keys that bring their own digest (Ed25519). */
static const EVP_MD *choose_digest(EVP_PKEY *key)
{
	int digest = NID_undef;

	return EVP_PKEY_get_default_digest_nid(key, &digest) > 0 && digest != NID_undef ? EVP_sha256() : NULL;
}

static bool add_signer(struct signing *signing, struct error *err)
{
	X509 *certificate = sk_X509_value(signing->certificates, 0);
	CLEANUP_FREE char *kind = crypto_key(signing->key);

	for (int i = 1; i < sk_X509_num(signing->certificates); i++)
		crypto_must(CMS_add1_cert(signing->cms, sk_X509_value(signing->certificates, i)) == 1);
	if (CMS_add1_signer(signing->cms, certificate, signing->key, choose_digest(signing->key), 0))
		return true;
	return error_set(
		err, ERROR_INPUT,
		"the libcrypto of this machine makes no CMS signature with this key (%s: %s); use RSA or ECDSA", kind,
		crypto_reason());
}

static bool sign(struct signing *signing, int fd, const char *archive, struct error *err)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
	CLEANUP(fd_bio_release) struct fd_bio content = { .fd = -1 };

	ERR_clear_error();
	signing->cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	crypto_must(signing->cms);
	if (!add_signer(signing, err))
		return false;
	fd_bio_open(&content, fd);
	if (CMS_final(signing->cms, content.bio, NULL, CMS_BINARY | CMS_DETACHED) == 1 && !content.read_errno)
		return true;
	if (content.read_errno)
		return error_set_errno(err, content.read_errno, "%s", archive);
	return error_set(err, ERROR_INPUT, "%s: cannot be signed with this key (%s)", archive, crypto_reason());
}

static bool write_signature(const char *archive, CMS_ContentInfo *cms, struct error *err)
{
	CLEANUP_FREE char *path = signature_path(archive);
	unsigned char *der = NULL;
	int length = i2d_CMS_ContentInfo(cms, &der);
	bool done;

	crypto_must(length > 0);
	done = fs_write_atomic(path, der, (size_t)length, SIGNATURE_MODE, err);
	OPENSSL_free(der);
	return done;
}

bool signature_make(const struct signing_request *request, struct signature *ret, struct error *err)
{
	CLEANUP(signing_release) struct signing signing = { NULL, NULL, NULL };
	CLEANUP_FD int fd = -1;

	if (!open_archive(request->archive, &fd, err) || !read_key(request, &signing.key, err) ||
	    !read_certificates(request->certificate_file, &signing.certificates, err) ||
	    !check_pair(request, &signing, err) || !sign(&signing, fd, request->archive, err) ||
	    !write_signature(request->archive, signing.cms, err))
		return false;
	ret->reason = xstrdup("");
	ret->state = SIGNATURE_UNTRUSTED; /* until somebody trusts it */
	signer_describe(sk_X509_value(signing.certificates, 0), clock_wall_ns(), ret);
	return true;
}
