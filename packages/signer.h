// SPDX-License-Identifier: MIT
/*
 * Whether a certificate may vouch for a package. Only for packages/.
 */
#pragma once

#include <openssl/x509.h>

#include "packages/signature.h"
#include "packages/trust_store.h"
#include "runbook/base/strbuf.h"

/*
 * Appends to `reason` why the certificate may not sign now: not yet or no longer valid, not for signing. A key usage must allow digital signatures, an
 * extended one code signing or mail; those that a certificate does not have limit nothing. Returns true if nothing was found.
 */
bool signer_is_fit(const X509 *certificate, struct strbuf *reason);

/*
 * Whether the certificate chains to one of the trust store, with the help of others that came with the signature (may be NULL), all valid now and none revoked as far as
 * the store knows. Otherwise appends to `reason` why not.
 */
bool signer_is_trusted(const struct trust_store *trust, X509 *certificate, STACK_OF(X509) * others,
		       struct strbuf *reason);

/* Fills in what a signature tells of its signer. */
void signer_describe(const X509 *certificate, int64_t signed_ns, struct signature *ret);
