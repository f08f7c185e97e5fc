// SPDX-License-Identifier: MIT
/*
 * The three small documents that say what is in a package and what is installed.
 *
 * ServiceModelInstallationInfo is SERVICEMODEL/Scripts/InstallationInfo.xml; HotfixInstallationInfo and ReleasedPackages are
 * in the package root. Sources of the formats: real packages. Conventions as topology_read() and
 * topology_parse().
 */
#pragma once

#include <stddef.h>

#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/document.h"

struct service_model_installation_info {
	char *name;
	char *version;
	char *description;
	char *publisher;
	char *release_version;
};

/* Reads InstallationInfo.xml of a service model; without a plain Name it is refused. */
bool service_model_installation_info_read(const char *path, struct service_model_installation_info *ret,
					  struct problem_list *problems, struct problem_list *warnings);
bool service_model_installation_info_parse(const struct document *document, struct service_model_installation_info *ret,
					   struct problem_list *problems, struct problem_list *warnings);
void service_model_installation_info_release(struct service_model_installation_info *info);

struct hotfix_installation_info {
	char *name;
	char *description;
	char *version;
	char *publisher;
	char *type; /* ApplicationPackage … */
	char *platform_version;
	char *platform_release;     /* PlatformReleaseDisplayName */
	struct strv service_models; /* ServiceModelList */
	struct strv modules;        /* MetadataModuleList: "module.version" */
};

/* Reads HotfixInstallationInfo.xml; every element may be missing. */
bool hotfix_installation_info_read(const char *path, struct hotfix_installation_info *ret,
				   struct problem_list *problems, struct problem_list *warnings);
bool hotfix_installation_info_parse(const struct document *document, struct hotfix_installation_info *ret,
				    struct problem_list *problems, struct problem_list *warnings);
void hotfix_installation_info_release(struct hotfix_installation_info *info);

/* ReleasedPackages.xml: the package type that belongs to the Guid of a service-model file. */
struct released_package {
	char *guid;
	char *package_type;
	char *description;
};

struct released_packages {
	struct released_package *items;
	size_t count;
};

/* Reads ReleasedPackages.xml; an entry without Guid or PackageType is refused. */
bool released_packages_read(const char *path, struct released_packages *ret, struct problem_list *problems,
			    struct problem_list *warnings);
bool released_packages_parse(const struct document *document, struct released_packages *ret,
			     struct problem_list *problems, struct problem_list *warnings);
void released_packages_release(struct released_packages *packages);

/* The entry of that Guid (without regard to case), or NULL. */
const struct released_package *released_packages_find(const struct released_packages *packages, const char *guid);
