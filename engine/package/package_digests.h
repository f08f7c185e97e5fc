// SPDX-License-Identifier: MIT
/*
 * The files of a package as they are now, against the digests recorded when it was extracted.
 */
#pragma once

#include "packages/digest_list.h"
#include "packages/package_root.h"

struct digest_change {
	char *path; /* below the root */
	char before[DIGEST_TEXT_SIZE];
	char now[DIGEST_TEXT_SIZE]; /* "": it is missing, or no regular file any more */
};

struct digest_changes {
	struct digest_change *items;
	size_t count;
	size_t alloc;
	size_t checked; /* files, changed or not */
};

void digest_changes_release(struct digest_changes *changes);

#define CLEANUP_DIGEST_CHANGES CLEANUP(digest_changes_release)

/*
 * Hashes the files of the list that lie in the folder `below` of the root (NULL: all), each opened beneath it without following a link, and adds those that have changed.
 * Case of `below` does not matter. ERROR_SYSTEM: a file cannot be read.
 */
bool package_digests_compare(const struct package_root *root, const struct digest_list *list, const char *below,
			     struct digest_changes *ret, struct error *err);

/* What was going on when the digests were recorded. */
#define WHEN_EXTRACTED "the package was extracted"
#define WHEN_IMPORTED "the runbook was imported"

/* "PATH has changed since EVENT (SHA-256 0123456789ab…, now …)"; the caller frees it. */
char *digest_change_text(const struct digest_change *change, const char *event);
