// SPDX-License-Identifier: MIT
/*
 * What is in a package, and what is wrong with it.
 */
#pragma once

#include <stdint.h>

#include "packages/package_root.h"
#include "runbook/base/problem.h"
#include "runbook/installation_info.h"
#include "runbook/service_model.h"

struct report_script {
	enum script_kind kind;
	char *file_name;   /* as written; "": somebody has to do it */
	char *interpreter; /* "": it is missing, or there is no script */
	bool found;
};

struct report_service {
	char *name;
	char *version; /* of its InstallationInfo.xml; "": not said */
	char *release;
	bool selected; /* false: only stopped and started around the update of others */
	struct strv depends_on;
	struct report_script *scripts;
	size_t script_count;
	size_t script_alloc;
	uint64_t files;
	uint64_t bytes;
};

/* A NuGet package in the package. */
struct report_module {
	char *id;
	char *version;
	char *file; /* below the package root */
	uint64_t bytes;
};

struct package_report {
	char *guid;
	char *version;
	char *type; /* by the Guid: "BinaryHotfixPackage" … "Unknown" */
	char *type_description;
	struct hotfix_installation_info info; /* HotfixInstallationInfo.xml */
	bool is_dev;                          /* it can be installed with devinstall, too */
	struct report_service *services;
	size_t service_count;
	struct report_module *modules;
	size_t module_count;
	size_t module_alloc;
	uint64_t files;
	uint64_t bytes;
	struct problem_list structure;    /* of documents, modules, files that no package may hold */
	struct problem_list scripts;      /* missing, or outside the package */
	struct problem_list interpreters; /* that are not on this machine */
	struct problem_list warnings;
};

/*
 * Reads all documents and looks at every file below the root; `is_package` says whether there are service models at all. What is wrong is in the lists. Files in messages are
 * named relative to the root. ERROR_SYSTEM: the machine failed us.
 */
bool package_report_make(const struct package_root *root, bool is_package, struct package_report *ret,
			 struct error *err);
void package_report_release(struct package_report *report);

#define CLEANUP_PACKAGE_REPORT CLEANUP(package_report_release)
