// SPDX-License-Identifier: MIT
#include "engine/package/package_type.h"

#include "engine/package/package_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/installation_info.h"

#define UNKNOWN "Unknown"

static bool read_types(const struct package_root *root, struct released_packages *ret, struct problem_list *problems,
		       struct problem_list *warnings)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;

	if (package_root_find_file(root, PACKAGE_TYPES, &file, &missing))
		return released_packages_read(file.path, ret, problems, warnings);
	if (missing.code == ERROR_REFUSED)
		problem_add(problems, NULL, 0, "%s", missing.message);
	return false;
}

char *package_type_find(const struct package_root *root, const char *guid, char **ret_description,
			struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP(released_packages_release) struct released_packages types = { 0 };
	const struct released_package *type = NULL;

	if (read_types(root, &types, problems, warnings))
		type = released_packages_find(&types, guid);
	if (ret_description)
		*ret_description = xstrdup(type ? type->description : "");
	return xstrdup(type && *type->package_type ? type->package_type : UNKNOWN);
}
