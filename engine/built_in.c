// SPDX-License-Identifier: MIT
#include "engine/built_in.h"

#include "runbook/base/alloc.h"
#include "runbook/installation_info.h"

struct installed {
	char *name;
	char *version;
};

static void installed_release(struct installed *installed)
{
	free(installed->name);
	free(installed->version);
}

/* False: the file is there but not as it should be; `ret_why` says so. */
static bool read_info(struct run *run, const struct ledger_step *step, struct installed *ret, char **ret_why)
{
	CLEANUP_FREE char *relative = xasprintf("%s/Scripts/InstallationInfo.xml", step->service_model);
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP(service_model_installation_info_release) struct service_model_installation_info info = { 0 };

	if (!package_root_find_file(&run->root, relative, &file, &err)) {
		ret->name = xstrdup(step->service_model);
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

static bool install(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		    struct error *err)
{
	CLEANUP(installed_release) struct installed installed = { 0 };
	CLEANUP_FREE char *why = NULL;
	struct ledger_component component = { .runbook_id = run->runbook.id,
					      .package_root = run->root.path,
					      .installed_ns = clock_wall_ns() };

	if (!read_info(run, step, &installed, &why)) {
		*ret_state = STATE_FAILED;
		*ret_said = TAKE(why);
		return true;
	}
	component.name = installed.name;
	component.version = installed.version;
	*ret_state = STATE_COMPLETED;
	*ret_said = xasprintf("%s is at version %s%s", installed.name, installed.version,
			      why ? " (of the package: it has no InstallationInfo.xml)" : "");
	return ledger_component_add(run->ledger, &component, step->number, err);
}

static void leave_manifest(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said)
{
	CLEANUP_FREE char *folder = xasprintf("%s/ETWManifest", step->service_model);
	bool found = package_root_has_files(&run->root, folder);

	*ret_state = STATE_COMPLETED;
	*ret_said = found ? xasprintf("%s holds manifests for Windows event tracing; nothing here uses them", folder)
			  : xasprintf("%s has no ETW manifest", step->service_model);
}

/* Texts of a record are the ledger's to read only, but its struct owns them elsewhere. */
static char nothing[] = "";

static bool start(struct run *run, const struct ledger_step *step, struct ledger_attempt *record, struct error *err)
{
	*record = (struct ledger_attempt){ .step = step->number,
					   .state = STATE_IN_PROGRESS,
					   .boot_id = run->boot_id,
					   .started_ns = clock_wall_ns(),
					   .started_boot_ns = clock_boot_ns(),
					   .exit_code = -1,
					   .script_sha256 = nothing,
					   .folder = nothing,
					   .log_path = nothing,
					   .cpu_us = -1,
					   .peak_memory_kb = -1,
					   .left_behind = nothing,
					   .reason = nothing,
					   .user = (char *)run->request->user };
	return ledger_attempt_start(run->ledger, run->runbook.key, record, err);
}

bool built_in_execute(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		      struct error *err)
{
	struct ledger_attempt record;

	if (!start(run, step, &record, err))
		return false;
	if (step->type == STEP_TYPE_ETW_MANIFEST)
		leave_manifest(run, step, ret_state, ret_said);
	else if (!install(run, step, ret_state, ret_said, err))
		return false;
	record.state = *ret_state;
	record.reason = *ret_said;
	record.ended_ns = clock_wall_ns();
	record.duration_ns = clock_boot_ns() - record.started_boot_ns;
	return ledger_attempt_end(run->ledger, run->runbook.key, &record, err);
}
