// SPDX-License-Identifier: MIT
#include "packages/signature.h"

#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "packages/crypto_text.h"
#include "packages/fd_bio.h"
#include "packages/signer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { SIGNATURE_LIMIT_BYTES = 1 << 20, DIGEST_MIN_BYTES = 32, SIGNER_LIMIT = 16 };

void signature_release(struct signature *signature)
{
	free(signature->reason);
	free(signature->signer);
	free(signature->issuer);
	free(signature->key);
	*signature = (struct signature)SIGNATURE_INIT;
}

const char *signature_state_name(enum signature_state state)
{
	static const char *const names[] = { [SIGNATURE_NONE] = "none",
					     [SIGNATURE_TRUSTED] = "trusted",
					     [SIGNATURE_UNTRUSTED] = "untrusted",
					     [SIGNATURE_WRONG] = "wrong" };

	return names[state];
}

char *signature_path(const char *archive)
{
	return xasprintf("%s" SIGNATURE_ENDING, archive);
}

static void fill(struct signature *signature)
{
	xfill(&signature->reason);
	xfill(&signature->signer);
	xfill(&signature->issuer);
	xfill(&signature->key);
}

/* That a signature is not good is a result, not a failure. */
static void conclude(struct signature *ret, enum signature_state state, const char *reason)
{
	ret->state = state;
	free(ret->reason);
	ret->reason = xstrdup(reason);
}

static void free_cms(CMS_ContentInfo **cms)
{
	CMS_ContentInfo_free(*cms);
}

static void free_certificates(STACK_OF(X509) * *certificates)
{
	sk_X509_pop_free(*certificates, X509_free);
}

/* ---- The signature as it is --------------------------------------------------------------------------------- */

/* All of the bytes, or nothing: what stands behind a signature is no part of it. */
static CMS_ContentInfo *parse_der(const unsigned char *bytes, size_t length)
{
	const unsigned char *at = bytes;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)length);

	if (cms && at == bytes + length)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

static CMS_ContentInfo *parse_pem(const struct strbuf *text)
{
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->length);
	char *name = NULL;
	char *header = NULL;
	unsigned char *data = NULL;
	long length = 0;
	CMS_ContentInfo *cms = NULL;

	crypto_must(bio);
	if (PEM_read_bio(bio, &name, &header, &data, &length) == 1)
		cms = parse_der(data, (size_t)length);
	BIO_free(bio);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return cms;
}

static CMS_ContentInfo *parse(const struct strbuf *bytes)
{
	return strncmp(bytes->data, "-----BEGIN ", 11) == 0
		       ? parse_pem(bytes)
		       : parse_der((const unsigned char *)bytes->data, bytes->length);
}

/* NULL, or why it is no signature for a file. */
static const char *find_fault(CMS_ContentInfo *cms)
{
	int count;

	if (!cms || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return "the file is no CMS signature; make it anew with: runbook package sign";
	if (CMS_is_detached(cms) != 1)
		return "the signature holds a content of its own instead of that of the archive; make it detached";
	count = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));
	if (count < 1)
		return "nobody has signed";
	return count > SIGNER_LIMIT ? "there are too many signers" : NULL;
}

/* ---- Does it fit? ------------------------------------------------------------------------------------------- */

static const char *explain_mismatch(void)
{
	unsigned long code = ERR_peek_last_error();
	bool is_cms = ERR_GET_LIB(code) == ERR_LIB_CMS;

	if (is_cms && ERR_GET_REASON(code) == CMS_R_CONTENT_VERIFY_ERROR)
		return "the archive is not the one that was signed: it has been changed, or the signature is that of another";
	if (is_cms && ERR_GET_REASON(code) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND)
		return "it does not hold the certificate of its signer, and the trust folder has none that fits";
	return "the signature itself has been changed or is damaged";
}

/* Whether the archive's bytes are those that each signer signed: if not, SIGNATURE_WRONG. */
static bool compare(const struct signature_request *request, CMS_ContentInfo *cms, const struct trust_store *trust,
		    struct signature *ret, struct error *err)
{
	CLEANUP(fd_bio_release) struct fd_bio archive = { .fd = -1 };

	ERR_clear_error();
	fd_bio_open(&archive, request->archive_fd);
	if (CMS_verify(cms, trust->certificates, NULL, archive.bio, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1)
		digest_finish(archive.digest, ret->archive_sha256);
	else
		conclude(ret, SIGNATURE_WRONG, explain_mismatch());
	ERR_clear_error();
	return !archive.read_errno || error_set_errno(err, archive.read_errno, "%s", request->archive);
}

/* ---- Who signed? -------------------------------------------------------------------------------------------- */

static int64_t signing_time_ns(const CMS_SignerInfo *signer)
{
	const ASN1_TYPE *value = NULL;
	int place = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = place < 0 ? NULL : CMS_signed_get_attr(signer, place);

	if (attribute)
		value = X509_ATTRIBUTE_get0_type(attribute, 0);
	if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
		return 0;
	return crypto_time_ns(value->value.asn1_string);
}

static bool is_digest_strong(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object = NULL;
	const EVP_MD *digest;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	digest = EVP_get_digestbyobj(object);
	return digest && EVP_MD_get_size(digest) >= DIGEST_MIN_BYTES;
}

/* Appends why not. */
static bool is_trusted(const struct trust_store *trust, CMS_ContentInfo *cms, CMS_SignerInfo *signer,
		       struct strbuf *reason, struct signature *ret)
{
	CLEANUP(free_certificates) STACK_OF(X509) *others = CMS_get1_certs(cms);
	X509 *certificate = NULL;
	X509_ALGOR *digest = NULL;

	CMS_SignerInfo_get0_algs(signer, NULL, &certificate, &digest, NULL);
	signer_describe(certificate, signing_time_ns(signer), ret);
	if (!is_digest_strong(digest)) {
		strbuf_add_str(reason, "it was made with a digest that can be forged; sign again with SHA-256");
		return false;
	}
	return signer_is_fit(certificate, reason) && signer_is_trusted(trust, certificate, others, reason);
}

/* From the last to the first, so that without trouble it is the first one who is named. */
static void judge_signers(const struct trust_store *trust, CMS_ContentInfo *cms, struct signature *ret)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);

	for (int i = sk_CMS_SignerInfo_num(signers) - 1; i >= 0; i--) {
		CLEANUP_STRBUF struct strbuf reason = STRBUF_INIT;

		if (!is_trusted(trust, cms, sk_CMS_SignerInfo_value(signers, i), &reason, ret)) {
			conclude(ret, SIGNATURE_UNTRUSTED, reason.data);
			return;
		}
	}
	conclude(ret, SIGNATURE_TRUSTED, "");
}

/* ---- The whole ---------------------------------------------------------------------------------------------- */

static bool check(const struct signature_request *request, CMS_ContentInfo *cms, const struct trust_store *trust,
		  struct signature *ret, struct error *err)
{
	if (!compare(request, cms, trust, ret, err))
		return false;
	if (ret->state != SIGNATURE_WRONG)
		judge_signers(trust, cms, ret);
	return true;
}

bool signature_check_bytes(const struct signature_request *request, const struct strbuf *bytes, struct signature *ret,
			   struct error *err)
{
	CLEANUP(trust_store_release) struct trust_store trust = TRUST_STORE_INIT;
	CLEANUP(free_cms) CMS_ContentInfo *cms = parse(bytes);
	const char *folder = request->trust_folder ? request->trust_folder : SIGNATURE_TRUST_FOLDER;
	const char *fault = find_fault(cms);
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	fill(ret);
	ERR_clear_error();
	if (fault) {
		conclude(ret, SIGNATURE_WRONG, fault);
		return true;
	}
	if (trust_store_open(folder, &trust, &trouble))
		return check(request, cms, &trust, ret, err);
	if (trouble.code == ERROR_SYSTEM)
		return error_set(err, ERROR_SYSTEM, "%s", trouble.message);
	conclude(ret, SIGNATURE_UNTRUSTED, trouble.message);
	return true;
}

bool signature_check(const struct signature_request *request, struct signature *ret, struct error *err)
{
	CLEANUP_FREE char *path = signature_path(request->archive);
	CLEANUP_STRBUF struct strbuf bytes = STRBUF_INIT;
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	fill(ret);
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fs_read_file(path, SIGNATURE_LIMIT_BYTES, &bytes, &trouble))
		return signature_check_bytes(request, &bytes, ret, err);
	if (trouble.code == ERROR_SYSTEM)
		return error_set(err, ERROR_SYSTEM, "%s", trouble.message);
	conclude(ret, SIGNATURE_WRONG, trouble.message);
	return true;
}
