// SPDX-License-Identifier: MIT
/*
 * An archive that is extracted exactly as it was checked.
 *
 * The signature is checked over the very descriptor that is extracted. If others than we could write to the file meanwhile, that descriptor is a private copy (see
 * packages/private_copy.h).
 */
#pragma once

#include "packages/extract.h"
#include "packages/signature.h"

struct trust {
	bool required;      /* only archives with a trusted signature */
	const char *folder; /* of certificates; NULL: SIGNATURE_TRUST_FOLDER */
};

struct trusted_archive {
	int fd;
	char *path; /* as the user named it */
	uint64_t size_bytes;
	struct signature signature;
};

#define TRUSTED_ARCHIVE_INIT                \
	{                                   \
		-1, NULL, 0, SIGNATURE_INIT \
	}

/* Opens the archive and checks its signature, if there is one. `folder` is where a private copy may be. Whether the signature is good enough is not judged. */
bool trusted_archive_open(const char *path, const struct trust *trust, const char *folder, struct trusted_archive *ret,
			  struct error *err);
void trusted_archive_release(struct trusted_archive *archive);

/*
 * ERROR_REFUSED, with the reason, unless it may be used: a signature that does not fit never may; where one is required, it must be there and trusted.
 */
bool trusted_archive_judge(const struct trusted_archive *archive, const struct trust *trust, struct error *err);

/* As extract_archive(). A trusted signature is recorded in the new folder (packages/signature_record.h). */
bool trusted_archive_extract(const struct trusted_archive *archive, const char *target, struct extract_result *ret,
			     struct error *err);

/* All three, as extract_run(), with the target's parent for a private copy. */
bool trusted_archive_unpack(const struct extract_request *request, const struct trust *trust,
			    struct extract_result *ret, struct error *err);

/*
 * Where a signature is required, ERROR_REFUSED unless the package root was extracted from an archive whose signature was trusted then; `archive_sha256` is that of the archive
 * that is meant, NULL: any.
 */
bool trusted_root_judge(const char *root, const char *archive_sha256, const struct trust *trust, struct error *err);
