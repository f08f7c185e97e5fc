// SPDX-License-Identifier: MIT
/*
 * Where in a folder the package is, and which documents say so.
 */
#pragma once

#include "runbook/base/error.h"

#define PACKAGE_SERVICE_MODELS "DefaultServiceModelData.xml"
#define PACKAGE_DEV_SERVICE_MODELS "DevInstallServiceModelData.xml"
#define PACKAGE_TOPOLOGY "DefaultTopologyData.xml"
#define PACKAGE_HOTFIX_INFO "HotfixInstallationInfo.xml"
#define PACKAGE_TYPES "ReleasedPackages.xml"
#define PACKAGE_SERVICE_INFO "Scripts/InstallationInfo.xml" /* of a service model */

/*
 * The folder itself, or the one folder in it that holds service models: archives are often made of a folder instead of its content. Absolute; the
 * caller frees it. ERROR_INPUT: no package.
 */
bool package_folder_find(const char *folder, char **ret, struct error *err);

/* Whether it has a regular file of that name. */
bool package_folder_has(const char *folder, const char *name);
