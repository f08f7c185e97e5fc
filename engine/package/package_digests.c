// SPDX-License-Identifier: MIT
#include "engine/package/package_digests.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"

void digest_changes_release(struct digest_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		free(changes->items[i].path);
	free(changes->items);
	*changes = (struct digest_changes){ 0 };
}

static void add_change(struct digest_changes *changes, const struct digest_list_item *item, const char *now)
{
	struct digest_change *change;

	changes->items = xgrow(changes->items, changes->count, &changes->alloc, sizeof(*changes->items));
	change = &changes->items[changes->count++];
	*change = (struct digest_change){ .path = xstrdup(item->path) };
	memcpy(change->before, item->digest, DIGEST_TEXT_SIZE);
	if (now)
		memcpy(change->now, now, DIGEST_TEXT_SIZE);
}

static bool compare_file(const struct package_root *root, const struct digest_list_item *item,
			 struct digest_changes *ret, struct error *err)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;
	char now[DIGEST_TEXT_SIZE];

	ret->checked++;
	if (!package_root_find_file(root, item->path, &file, &missing)) {
		if (missing.code != ERROR_INPUT)
			return error_set(err, missing.code, "%s", missing.message);
		add_change(ret, item, NULL);
		return true;
	}
	if (!digest_of_file(file.fd, file.path, now, err))
		return false;
	if (strcmp(now, item->digest) != 0)
		add_change(ret, item, now);
	return true;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = folder ? strlen(folder) : 0;

	return !folder || (strncasecmp(path, folder, length) == 0 && path[length] == '/');
}

bool package_digests_compare(const struct package_root *root, const struct digest_list *list, const char *below,
			     struct digest_changes *ret, struct error *err)
{
	for (size_t i = 0; i < digest_list_count(list); i++) {
		const struct digest_list_item *item = digest_list_at(list, i);

		if (is_below(item->path, below) && !compare_file(root, item, ret, err))
			return false;
	}
	return true;
}

char *digest_change_text(const struct digest_change *change, const char *event)
{
	if (!*change->now)
		return xasprintf("%s is missing or no file any more (SHA-256 %.12s… when %s)", change->path,
				 change->before, event);
	return xasprintf("%s has changed since %s (SHA-256 %.12s…, now %.12s…)", change->path, event, change->before,
			 change->now);
}
