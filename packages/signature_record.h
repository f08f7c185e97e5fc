// SPDX-License-Identifier: MIT
/*
 * Who vouched for the archive that a folder was extracted from, noted beside the list of digests in `.runbook-signature` once the signature was found to be good.
 *
 * No archive can bring such a file (entry_name.h). It names the digest of the list of digests, so that a record never speaks for other files. It says what was true at the
 * time of extraction; as root, nobody else could have written it, because the package root is root's alone.
 *
 *	# runbook signature 1
 *	NAME=VALUE                       a line for each of those below
 */
#pragma once

#include <stdint.h>

#include "packages/signature.h"

#define SIGNATURE_RECORD_NAME ".runbook-signature"

struct signature_record {
	char *archive; /* its path when it was extracted */
	char *archive_sha256;
	char *signer;
	char *fingerprint; /* of the certificate */
	char *checked;     /* when, as clock_format_utc() writes it */
};

void signature_record_release(struct signature_record *record);

/* Writes it, durably, into the folder that the archive was extracted to, for a signature that is trusted. */
bool signature_record_write(const char *folder, const char *archive, const struct signature *signature,
			    struct error *err);

/*
 * Reads that of a package root (or of the folder around it, as digest_list_load does). `*ret_found` is false if there is none. ERROR_REFUSED: it is damaged, or belongs to
 * another list of digests.
 */
bool signature_record_load(const char *root, struct signature_record *ret, bool *ret_found, struct error *err);
