// SPDX-License-Identifier: MIT
/*
 * The digests of an extracted package's files, kept with its folder, to see later whether a file is still what was extracted.
 *
 * They are in the file `.runbook-digests` at the top of the folder that the package was extracted to. No entry of an archive can have that name
 * (entry_name.h). Its format is that of sha256sum, so that `sha256sum --check .runbook-digests` in that folder does the same:
 *
 *	# runbook digests 1
 *	HEXADECIMAL-SHA-256  PATH        for each file of the archive, sorted by the bytes of the path
 *	# end COUNT
 *
 * Paths are relative to the folder, with single slashes; they hold no control characters and no backslashes. The last line shows that nothing is missing.
 * Files that came later (RunbookWorkingFolder) are not in it.
 */
#pragma once

#include <stddef.h>

#include "packages/digest.h"
#include "runbook/base/error.h"

#define DIGEST_LIST_NAME ".runbook-digests"

struct digest_list;

struct digest_list_item {
	char *path;
	char digest[DIGEST_TEXT_SIZE];
};

/* Empty; to be filled with digest_list_add and then sorted. Freed with digest_list_free, which takes NULL. */
struct digest_list *digest_list_new(void);
void digest_list_free(struct digest_list *list);
void digest_list_add(struct digest_list *list, const char *path, const char digest[static DIGEST_TEXT_SIZE]);

/* Everything below works on a list that is sorted; one that was loaded is. */
void digest_list_sort(struct digest_list *list);

/* Writes the list as a new file into the open folder. `folder` is for the message. The file is not synced. */
bool digest_list_write(const struct digest_list *list, int folder_fd, const char *folder, struct error *err);

/*
 * Loads the list of a package root. If the archive was made of a folder, so that the root is a folder inside the extracted one, the list lies
 * above the root; then only what is in the root is loaded. Paths are relative to the root in both cases. `ret` becomes NULL if there is no list (the
 * folder was not made by an extraction). ERROR_REFUSED: it is damaged or cut off.
 */
bool digest_list_load(const char *root, struct digest_list **ret, struct error *err);

/* The items in their order: those of one folder stand together. The list owns them. */
size_t digest_list_count(const struct digest_list *list);
const struct digest_list_item *digest_list_at(const struct digest_list *list, size_t index);

/* The digest of a path, spelled as it is in the archive; NULL: it is not in the list. */
const char *digest_list_find(const struct digest_list *list, const char *path);

/*
 * Hashes an open file from its first byte and compares; the file's offset is not used. ERROR_REFUSED, naming the path and both digests: it has been
 * changed; or it is not in the list: it did not come with the package. ERROR_SYSTEM: it cannot be read.
 */
bool digest_list_verify(const struct digest_list *list, const char *path, int fd, struct error *err);

#define CLEANUP_DIGEST_LIST CLEANUP(digest_list_release)

static inline void digest_list_release(struct digest_list **list)
{
	digest_list_free(*list);
}
