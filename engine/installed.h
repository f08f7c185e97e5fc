// SPDX-License-Identifier: MIT
/*
 * What a service model of the package is called, and its version, as they are recorded when it is installed.
 */
#pragma once

#include "engine/run_context.h"

struct installed {
	char *name;
	char *version;
};

void installed_release(struct installed *installed);

/*
 * Reads SERVICEMODEL/Scripts/InstallationInfo.xml; where there is none, name and version are those of the service model and of the service-model data, and
 * `ret_why` says so. False: the file is there but not as it should be; `ret_why` says so too. The caller frees it.
 */
bool installed_read(struct run *run, const char *service_model, struct installed *ret, char **ret_why);
