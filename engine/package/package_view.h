// SPDX-License-Identifier: MIT
/*
 * A package to look into: a folder as it is, or an archive, extracted where nobody else can see it and gone afterwards.
 *
 * An archive is extracted below $TMPDIR or /var/tmp, which needs room for all of it. What a crash leaves there the next look removes (see packages/stage.h).
 */
#pragma once

#include "engine/package/trusted_archive.h"
#include "packages/package_root.h"
#include "packages/stage.h"

struct package_view {
	char *path; /* as the user named it */
	bool is_archive;
	bool is_package;          /* `root` holds service models */
	struct package_root root; /* of the package; without one, the folder itself */
	struct trusted_archive archive;
	struct extract_result extracted;
	struct stage stage;
};

#define PACKAGE_VIEW_INIT                                                                                   \
	{                                                                                                   \
		NULL, false, false, PACKAGE_ROOT_INIT, TRUSTED_ARCHIVE_INIT, { .format = NULL }, STAGE_INIT \
	}

/*
 * What does not fit its signature is not even looked into: ERROR_REFUSED. Whether a signature is there and trusted is the caller's to judge. ERROR_INPUT: no folder and no archive; otherwise as extract_archive() and
 * package_root_open().
 */
bool package_view_open(const char *path, const struct trust *trust, struct package_view *ret, struct error *err);

/* Nothing is left. */
void package_view_release(struct package_view *view);

#define CLEANUP_PACKAGE_VIEW CLEANUP(package_view_release)
