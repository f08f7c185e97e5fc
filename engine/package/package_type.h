// SPDX-License-Identifier: MIT
/*
 * What kind of package it is.
 */
#pragma once

#include "packages/package_root.h"
#include "runbook/base/problem.h"

/*
 * The type that ReleasedPackages.xml of the package knows for the Guid of its service models; "Unknown" if the package has no such file or it does not know the Guid. The
 * caller frees it. `ret_description` (NULL: not wanted) becomes what the file says of it, or "".
 */
char *package_type_find(const struct package_root *root, const char *guid, char **ret_description,
			struct problem_list *problems, struct problem_list *warnings);
