// SPDX-License-Identifier: MIT
#include "packages/signer.h"

#include <openssl/x509v3.h>

#include "packages/crypto_text.h"
#include "runbook/base/clock.h"

/* 112 bits: RSA of 2048 bits, SHA-2. What is weaker can be forged by those who want to enough. */
enum { SECURITY_LEVEL = 2 };

static void add_time(struct strbuf *reason, const char *text, const ASN1_TIME *time)
{
	char day[CLOCK_TEXT_SIZE];

	clock_format_plain(crypto_time_ns(time), day);
	strbuf_addf(reason, "%s%s", text, day);
}

static bool is_valid_now(const X509 *certificate, struct strbuf *reason)
{
	if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
		add_time(reason, "its certificate expired on ", X509_get0_notAfter(certificate));
		return false;
	}
	if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
		add_time(reason, "its certificate is not valid before ", X509_get0_notBefore(certificate));
		return false;
	}
	return true;
}

/* The functions give all bits for an extension that is not there. */
static bool is_for_signing(X509 *certificate, struct strbuf *reason)
{
	const uint32_t usage = X509_get_key_usage(certificate);
	const uint32_t extended = X509_get_extended_key_usage(certificate);

	if (!(usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) ||
	    !(extended & (XKU_CODE_SIGN | XKU_SMIME | XKU_ANYEKU))) {
		strbuf_add_str(reason,
			       "its certificate is not for signing: its key usage allows no digital signatures, or "
			       "its extended key usage neither codeSigning nor emailProtection");
		return false;
	}
	return true;
}

bool signer_is_fit(const X509 *certificate, struct strbuf *reason)
{
	return is_valid_now(certificate, reason) && is_for_signing((X509 *)certificate, reason);
}

/* A list that an authority did not give us cannot be held against anybody. */
static int accept_missing_list(int fine, X509_STORE_CTX *context)
{
	return fine || X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL;
}

static void set_rules(X509_STORE_CTX *context, const struct trust_store *trust)
{
	X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

	if (trust->has_crl)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	/* What the certificate is for is judged by signer_is_fit(): libcrypto 3.0 knows mail, but not code. */
	crypto_must(X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY) == 1 &&
		    X509_VERIFY_PARAM_set_flags(rules, flags) == 1);
	X509_VERIFY_PARAM_set_auth_level(rules, SECURITY_LEVEL);
	X509_STORE_CTX_set_verify_cb(context, accept_missing_list);
}

static bool is_unknown_issuer(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	       error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
	       error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE || error == X509_V_ERR_CERT_UNTRUSTED;
}

static void add_reason(X509_STORE_CTX *context, struct strbuf *reason)
{
	int error = X509_STORE_CTX_get_error(context);
	X509 *certificate = X509_STORE_CTX_get_current_cert(context);
	CLEANUP_FREE char *name = certificate ? crypto_name(X509_get_subject_name(certificate)) : NULL;

	if (is_unknown_issuer(error))
		strbuf_add_str(reason, "no certificate of the trust folder vouches for it");
	else if (certificate && X509_STORE_CTX_get_error_depth(context) > 0)
		strbuf_addf(reason, "the certificate of %s, which vouches for it: %s", name,
			    X509_verify_cert_error_string(error));
	else
		strbuf_addf(reason, "its certificate: %s", X509_verify_cert_error_string(error));
}

bool signer_is_trusted(const struct trust_store *trust, X509 *certificate, STACK_OF(X509) * others,
		       struct strbuf *reason)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	bool trusted;

	crypto_must(context && X509_STORE_CTX_init(context, trust->store, certificate, others) == 1);
	set_rules(context, trust);
	trusted = X509_verify_cert(context) == 1;
	if (!trusted)
		add_reason(context, reason);
	X509_STORE_CTX_free(context);
	return trusted;
}

void signer_describe(const X509 *certificate, int64_t signed_ns, struct signature *ret)
{
	free(ret->signer);
	free(ret->issuer);
	free(ret->key);
	ret->signer = crypto_name(X509_get_subject_name(certificate));
	ret->issuer = crypto_name(X509_get_issuer_name(certificate));
	ret->key = crypto_key(X509_get0_pubkey(certificate));
	ret->expires_ns = crypto_time_ns(X509_get0_notAfter(certificate));
	ret->signed_ns = signed_ns;
	crypto_fingerprint(certificate, ret->fingerprint);
}
