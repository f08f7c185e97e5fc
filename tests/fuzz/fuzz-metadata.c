// SPDX-License-Identifier: MIT
/*
 * Any bytes as the small documents of a package: the manifest of a module, HotfixInstallationInfo, InstallationInfo, ReleasedPackages. Whatever is accepted is
 * complete: no text is missing, and what is required is there.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "runbook/installation_info.h"
#include "runbook/nuspec.h"

static void check_manifest(const struct document *document)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_NUSPEC struct nuspec nuspec = NUSPEC_INIT;
	bool accepted = nuspec_parse(document, &nuspec, &problems);

	must(accepted == (problem_list_total(&problems) == 0));
	must(!accepted || (*nuspec.id && *nuspec.version && nuspec.title && nuspec.authors && nuspec.description));
	must(accepted || !nuspec.id);
}

static void check_hotfix(const struct document *document)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	struct hotfix_installation_info info;
	bool accepted = hotfix_installation_info_parse(document, &info, &problems, &warnings);

	must(accepted == (problem_list_total(&problems) == 0));
	must(!accepted || (info.name && info.version && info.type && info.platform_version && info.platform_release));
	hotfix_installation_info_release(&info);
}

static void check_service_model(const struct document *document)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	struct service_model_installation_info info;
	bool accepted = service_model_installation_info_parse(document, &info, &problems, &warnings);

	must(accepted == (problem_list_total(&problems) == 0));
	must(!accepted || (*info.name && !strchr(info.name, '/') && info.version));
	service_model_installation_info_release(&info);
}

static void check_types(const struct document *document)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	struct released_packages types;
	bool accepted = released_packages_parse(document, &types, &problems, &warnings);

	must(accepted == (problem_list_total(&problems) == 0));
	for (size_t i = 0; accepted && i < types.count; i++)
		must(*types.items[i].package_type && released_packages_find(&types, types.items[i].guid));
	released_packages_release(&types);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct document document = { (const char *)data, size, "f" };

	check_manifest(&document);
	check_hotfix(&document);
	check_service_model(&document);
	check_types(&document);
	return 0;
}
