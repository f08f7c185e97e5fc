// SPDX-License-Identifier: MIT
/*
 * The files of a package, one by one.
 */
#pragma once

#include "engine/package/package_report.h"
#include "packages/tree_walk.h"

/*
 * Whether it belongs to the package: not what a run leaves in its root (RunbookWorkingFolder), or what we note there (names that begin with `.runbook-`). `path` is below the root.
 */
bool package_files_is_own(const char *path);

/* Adds up sizes, of all and of each service model, and reads the modules. What no package may hold is added to `report->structure`. */
bool package_files_count(const struct package_root *root, struct package_report *report, struct error *err);
