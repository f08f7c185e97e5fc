// SPDX-License-Identifier: MIT
#include "engine/install.h"

#include <string.h>

#include "engine/console.h"
#include "engine/install_package.h"
#include "packages/package_root.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "steps/transfer.h"

/* What is known once the package is a folder. */
struct installation {
	const struct install_request *request;
	struct ledger *ledger;
	struct install_source source;
	struct package_root root;
	char *service_model_file;
	char *folder; /* runbooks/ID beside the ledger */
	char *topology_file;
	char *runbook_file;
};

static void installation_release(struct installation *installation)
{
	install_source_release(&installation->source);
	package_root_release(&installation->root);
	free(installation->service_model_file);
	free(installation->folder);
	free(installation->topology_file);
	free(installation->runbook_file);
}

static bool add_names(const char *service_model_file, struct strv *ret, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	/* generate_runbook() reads the file again and gives the warnings then. */
	CLEANUP_PROBLEMS struct problem_list ignored = PROBLEM_LIST_INIT;
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data models = SERVICE_MODEL_DATA_INIT;

	if (!service_model_data_read(service_model_file, &models, &problems, &ignored))
		return problem_list_none(&problems, ERROR_INPUT, err);
	for (size_t i = 0; i < models.model_count; i++)
		strv_push(ret, models.models[i].name);
	return true;
}

/* A topology of this machine with everything that the package could update. */
static bool write_topology(const struct installation *installation, struct error *err)
{
	CLEANUP_STRV struct strv names = STRV_INIT;

	return add_names(installation->service_model_file, &names, err) &&
	       topology_set_machine(installation->topology_file, "localhost", &names, err);
}

static void show_warnings(const struct problem_list *warnings)
{
	for (size_t i = 0; i < warnings->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&warnings->items[i], &text);
		console_note("warning: %s", text.data);
	}
}

static bool generate(const struct installation *installation, struct error *err)
{
	struct generate_request plan = installation->request->plan;
	CLEANUP(generate_report_release) struct generate_report report = { 0 };
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	bool done;

	plan.runbook_id = installation->source.runbook_id;
	plan.service_model_file = installation->service_model_file;
	plan.package_path = installation->root.path;
	plan.runbook_file = installation->runbook_file;
	if (!plan.topology_file) {
		if (!write_topology(installation, err))
			return false;
		plan.topology_file = installation->topology_file;
	}
	done = generate_runbook(&plan, &report, &warnings, err);
	show_warnings(&warnings);
	return done;
}

static bool import(const struct installation *installation, struct error *err)
{
	CLEANUP(import_report_release) struct import_report report = { 0 };
	/* The document was just written here: whatever it could warn of was said when its sources were read. */
	CLEANUP_PROBLEMS struct problem_list ignored = PROBLEM_LIST_INIT;
	struct import_request request = {
		.runbook_file = installation->runbook_file,
		.root = &installation->root,
		.own_machine = installation->request->run.machine,
	};

	return ledger_import(installation->ledger, &request, &report, &ignored, err);
}

static bool prepare_runbook(const struct installation *installation, struct error *err)
{
	if (!fs_make_folders(installation->folder, FS_MODE_FOLDER, err) || !generate(installation, err) ||
	    !import(installation, err))
		return false;
	if (!installation->request->run.quiet)
		console_note("runbook %s made of %s", installation->source.runbook_id, installation->root.path);
	return true;
}

/* Whoever installs again after a failure wants the failed step to be run again. */
static bool choose_rerun(struct ledger *ledger, int64_t runbook, struct run_request *run, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	uint32_t number = 0;

	if (!ledger_step_next(ledger, runbook, &number, err))
		return false;
	if (!number)
		return true;
	if (!ledger_step_get(ledger, runbook, number, &step, err))
		return false;
	if (step.state == STATE_FAILED || step.state == STATE_TIMED_OUT)
		run->rerun_first = run->rerun_last = number;
	return true;
}

static bool go_on(const struct installation *installation, const struct ledger_runbook *runbook,
		  struct run_request *run, struct error *err)
{
	if (strcmp(runbook->package_root, installation->root.path) != 0)
		return error_set(
			err, ERROR_REFUSED,
			"runbook %s belongs to the package in %s, not to %s: choose another id with -runbookid",
			runbook->id, runbook->package_root, installation->root.path);
	if (!installation->request->run.quiet)
		console_note("runbook %s is there already: going on with it", runbook->id);
	return choose_rerun(installation->ledger, runbook->key, run, err);
}

/* Makes the runbook, or takes up the one there is. */
static bool ready_runbook(const struct installation *installation, struct run_request *run, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP_ERROR struct error missing = ERROR_INIT;

	if (ledger_runbook_get(installation->ledger, installation->source.runbook_id, &runbook, &missing))
		return go_on(installation, &runbook, run, err);
	if (missing.code == ERROR_INPUT)
		return prepare_runbook(installation, err);
	return error_set(err, missing.code, "%s", missing.message);
}

static bool open_package(struct installation *installation, struct error *err)
{
	const struct install_request *request = installation->request;
	const char *ledger = ledger_path(installation->ledger);
	CLEANUP_FREE char *beside = fs_folder_of(ledger);

	if (!install_source_open(request, beside, &installation->source, err) ||
	    !package_root_open(installation->source.root, &installation->root, err))
		return false;
	installation->service_model_file = fs_join(installation->root.path, install_service_model_name(request->kind));
	installation->folder = xasprintf("%s/runbooks/%s", beside, installation->source.runbook_id);
	installation->topology_file = fs_join(installation->folder, "topology.xml");
	installation->runbook_file = fs_join(installation->folder, "runbook.xml");
	return true;
}

bool install_package(struct ledger *ledger, const struct install_request *request, struct error *err)
{
	CLEANUP(installation_release)
	struct installation installation = { .request = request, .ledger = ledger, .root = PACKAGE_ROOT_INIT };
	struct run_request run = request->run;

	if (!open_package(&installation, err) || !ready_runbook(&installation, &run, err))
		return false;
	run.runbook_id = installation.source.runbook_id;
	run.package_path = NULL;
	return run_execute(ledger, &run, err);
}
