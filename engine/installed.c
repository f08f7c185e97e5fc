// SPDX-License-Identifier: MIT
#include "engine/installed.h"

#include "runbook/base/alloc.h"
#include "runbook/installation_info.h"

void installed_release(struct installed *installed)
{
	free(installed->name);
	free(installed->version);
}

bool installed_read(struct run *run, const char *service_model, struct installed *ret, char **ret_why)
{
	CLEANUP_FREE char *relative = xasprintf("%s/Scripts/InstallationInfo.xml", service_model);
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP(service_model_installation_info_release) struct service_model_installation_info info = { 0 };

	if (!package_root_find_file(&run->root, relative, &file, &err)) {
		ret->name = xstrdup(service_model);
		ret->version = xstrdup(run->runbook.version);
		*ret_why = TAKE(err.message);
		return err.code == ERROR_INPUT;
	}
	if (!service_model_installation_info_read(file.path, &info, &problems, &warnings)) {
		(void)problem_list_none(&problems, ERROR_INPUT, &err);
		*ret_why = TAKE(err.message);
		return false;
	}
	ret->name = TAKE(info.name);
	ret->version = TAKE(info.version);
	return true;
}
