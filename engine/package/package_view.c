// SPDX-License-Identifier: MIT
#include "engine/package/package_view.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/package/package_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define TEMPORARY_FOLDER "/var/tmp"

void package_view_release(struct package_view *view)
{
	free(view->path);
	package_root_release(&view->root);
	trusted_archive_release(&view->archive);
	extract_result_release(&view->extracted);
	stage_release(&view->stage);
	*view = (struct package_view)PACKAGE_VIEW_INIT;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder == '/' ? folder : TEMPORARY_FOLDER;
}

/* Extracts into a staging folder that is never put into place. */
static bool extract(const struct trust *trust, struct package_view *view, char **ret_folder, struct error *err)
{
	CLEANUP_FREE char *target = xasprintf("%s/runbook-look-%d", temporary_folder(), (int)getpid());
	CLEANUP_FREE char *folder = NULL;

	if (!stage_open(&view->stage, target, err))
		return false;
	folder = xasprintf("%s/%s", view->stage.parent, view->stage.name);
	if (!trusted_archive_open(view->path, trust, folder, &view->archive, err) ||
	    !trusted_archive_judge(&view->archive, &(struct trust){ .required = false }, err))
		return false;
	*ret_folder = xasprintf("%s/package", folder);
	return trusted_archive_extract(&view->archive, *ret_folder, &view->extracted, err);
}

bool package_view_open(const char *path, const struct trust *trust, struct package_view *ret, struct error *err)
{
	CLEANUP_FREE char *folder = NULL;
	CLEANUP_FREE char *root = NULL;
	CLEANUP_ERROR struct error none = ERROR_INIT;

	ret->path = xstrdup(path);
	ret->is_archive = !is_folder(path);
	if (!ret->is_archive)
		folder = fs_absolute(path);
	else if (!extract(trust, ret, &folder, err))
		return false;
	ret->is_package = package_folder_find(folder, &root, &none);
	if (!ret->is_package && none.code == ERROR_SYSTEM)
		return error_set(err, ERROR_SYSTEM, "%s", none.message);
	return package_root_open(ret->is_package ? root : folder, &ret->root, err);
}
