// SPDX-License-Identifier: MIT
#include "engine/package/package_folder.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

bool package_folder_has(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_root(const char *folder)
{
	return package_folder_has(folder, PACKAGE_SERVICE_MODELS) ||
	       package_folder_has(folder, PACKAGE_DEV_SERVICE_MODELS);
}

static bool find_inner_roots(const char *folder, struct strv *ret, struct error *err)
{
	CLEANUP_DIR DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(err, errno, "%s", folder);
	while ((entry = readdir(dir))) {
		CLEANUP_FREE char *inner = fs_join(folder, entry->d_name);

		if (entry->d_name[0] != '.' && is_root(inner))
			strv_push(ret, inner);
	}
	return true;
}

bool package_folder_find(const char *folder, char **ret, struct error *err)
{
	CLEANUP_STRV struct strv inner = STRV_INIT;
	CLEANUP_FREE char *root = fs_absolute(folder);

	if (!is_root(root)) {
		if (!find_inner_roots(root, &inner, err))
			return false;
		if (inner.count != 1)
			return error_set(err, ERROR_INPUT, "%s: no deployable package: it has no %s", folder,
					 PACKAGE_SERVICE_MODELS);
		free(root);
		root = TAKE(inner.items[0]);
	}
	*ret = TAKE(root);
	return true;
}
