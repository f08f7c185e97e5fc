// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "packages/digest.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/names.h"
#include "runbook/plan_restore.h"
#include "runbook/runbook_acceptance.h"
#include "runbook/runbook_reader.h"
#include "runbook/service_model.h"
#include "runbook/topology.h"
#include "steps/detail.h"
#include "steps/query.h"
#include "steps/recorder.h"
#include "steps/replace.h"
#include "steps/root_files.h"
#include "steps/transfer.h"

struct import {
	struct ledger *ledger;
	const struct import_request *request;
	struct recorder *recorder;
	struct import_report report;
	char *package_type; /* of the first step that says one; NULL: none so far */
	char *origin;
	struct digest_list *files;    /* of a root without a list of its own; NULL: it has one */
	struct problem_list problems; /* of the scripts; those of the document are the reader's */
	struct problem_list *warnings;
	struct runbook_acceptance acceptance; /* as the document tells it */
	struct error *err;                    /* a handler has set it if it stopped the reader */
};

void import_report_release(struct import_report *report)
{
	free(report->runbook_id);
	*report = (struct import_report){ 0 };
}

static void import_release(struct import *import)
{
	recorder_free(import->recorder);
	import_report_release(&import->report);
	free(import->package_type);
	free(import->origin);
	digest_list_free(import->files);
	runbook_acceptance_release(&import->acceptance);
	problem_list_release(&import->problems);
}

/* What could not be taken back is told while there is time to do something about it. */
static void warn_of_restore(struct import *import, const struct service_model_data *data)
{
	CLEANUP_STRV struct strv names = STRV_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	plan_restore_missing(data, &names);
	for (size_t i = 0; i < names.count; i++)
		strbuf_addf(&text, "%s%s", i ? ", " : "", names.items[i]);
	if (names.count)
		problem_add(
			import->warnings, import->request->runbook_file, 0,
			"no RestoreScript for what is updated by %s: executerestore will be refused once that has begun",
			text.data);
}

/* Guid and version of the service-model data; a foreign runbook may have none. */
static void read_service_model_data(struct import *import, const char *xml, struct ledger_runbook *runbook)
{
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data data = SERVICE_MODEL_DATA_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_FREE char *text = xasprintf("<ServiceModelData xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
					    " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">%s</ServiceModelData>",
					    xml ? xml : "");

	if (service_model_data_parse(&(struct document){ text, strlen(text), "runbook" }, &data, &problems,
				     &problems)) {
		runbook->guid = xstrdup(data.guid);
		runbook->version = xstrdup(data.version);
		warn_of_restore(import, &data);
	}
}

static bool begin_runbook(struct import *import, const struct runbook_head *head)
{
	CLEANUP(ledger_runbook_release)
	struct ledger_runbook runbook = {
		.id = xstrdup(head->runbook_id),
		.package_root = xstrdup(import->request->root->path),
		.imported_ns = clock_wall_ns(),
	};
	const struct recorder_request request = { &runbook, head, import->origin };

	import->report.runbook_id = xstrdup(head->runbook_id);
	read_service_model_data(import, head->service_model_xml, &runbook);
	return replace_runbook(import->ledger, head->runbook_id, import->request->replace, import->err) &&
	       recorder_begin(import->ledger, &request, &import->recorder, import->err);
}

static bool on_head(void *context, struct runbook_head *head)
{
	return begin_runbook(context, head);
}

/* Whether the step needs its scripts on this machine. */
static bool needs_scripts(const struct import *import, const struct step *step, enum step_state state)
{
	return step->script.automated && !state_is_done(state) &&
	       machine_is_own(step->machine, import->request->own_machine);
}

static bool digest_script(const struct import *import, const char *service_model, const char *file_name,
			  char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

	return package_root_find_script(import->request->root, service_model, file_name, &file, err) &&
	       digest_fd(file.fd, file.path, ret, err);
}

static void add_problem(struct import *import, const struct step *step, const char *text)
{
	problem_add(&import->problems, import->request->runbook_file, step->line, "step %" PRIu32 ": %s", step->number,
		    text);
}

/* Each script is looked for once, when its first step comes; a missing one is a problem of the first step that needs it. */
static bool check_script(struct import *import, const struct step *step, const char *file_name, bool needed,
			 struct recorded_script **ret)
{
	char sha256[DIGEST_TEXT_SIZE] = "";
	struct recorded_script *script;

	if (!recorder_script(import->recorder, step->service_model, file_name, &script, import->err))
		return false;
	*ret = script;
	if (!script->key || (!*script->sha256 && !script->reported && needed)) {
		CLEANUP_ERROR struct error problem = ERROR_INIT;
		bool missing = *file_name && !digest_script(import, step->service_model, file_name, sha256, &problem);

		script->reported = missing && needed;
		/* The machine failed us: that says nothing about the package. */
		if (missing && problem.code == ERROR_SYSTEM) {
			*import->err = problem;
			problem = (struct error)ERROR_INIT;
			return error_prefix(import->err, "step %" PRIu32, step->number);
		}
		if (script->reported)
			add_problem(import, step, problem.message);
	}
	return script->key || recorder_script_add(import->recorder, script, sha256, import->err);
}

/* What the sub-steps of the definition are known by. */
static const char *sub_step_name(const struct sub_step *sub_step)
{
	return *sub_step->name ? sub_step->name : sub_step->file_name;
}

static bool has_twin(const struct script *script, size_t i)
{
	for (size_t other = 0; other < i; other++)
		if (strcmp(sub_step_name(&script->sub_steps[other]), sub_step_name(&script->sub_steps[i])) == 0 &&
		    strcmp(script->sub_steps[other].group, script->sub_steps[i].group) == 0)
			return true;
	return false;
}

static bool check_sub_steps(struct import *import, const struct step *step, bool needed)
{
	for (size_t i = 0; i < step->script.sub_step_count; i++) {
		const struct sub_step *sub_step = &step->script.sub_steps[i];
		struct recorded_script *script;

		if (needed && !*sub_step->file_name)
			problem_add(&import->problems, import->request->runbook_file, step->line,
				    "step %" PRIu32 ": sub-step %zu names no script: fill in FileName", step->number,
				    i + 1);
		if (needed && has_twin(&step->script, i))
			problem_add(&import->problems, import->request->runbook_file, step->line,
				    "step %" PRIu32 ": sub-step %zu has the group and name of an earlier one",
				    step->number, i + 1);
		if (*sub_step->file_name && !check_script(import, step, sub_step->file_name, needed, &script))
			return false;
	}
	return true;
}

static void check_step(struct import *import, const struct step *step, enum step_state state)
{
	if (!name_is_plain(step->machine))
		add_problem(import, step, "MachineName is no plain name");
	if (!name_is_plain(step->service_model))
		add_problem(import, step, "ServiceModelName is no plain name");
	if (step->script.automated && !*step->script.file_name && !step->script.sub_step_count &&
	    !state_is_done(state) && !step_type_is_built_in(step_type_of(step->type, step->description)))
		add_problem(import, step, "is automated, but names no script: fill in FileName");
}

static bool on_step(void *context, struct step *step)
{
	struct import *import = context;
	enum step_state state = detail_state(step);
	bool needed = needs_scripts(import, step, state);
	struct recorded_script *script;

	check_step(import, step, state);
	if (!import->package_type && *step->package_type)
		import->package_type = xstrdup(step->package_type);
	import->report.step_count++;
	import->report.done_count += state_is_done(state);
	if (!check_sub_steps(import, step, needed) ||
	    !check_script(import, step, step->script.file_name, needed && *step->script.file_name, &script))
		return false;
	/* With a problem nothing will be recorded, but the rest is still looked at. */
	return import->problems.count || recorder_step(import->recorder, step, script, state, import->err);
}

static bool on_log(void *context, struct runbook_log *log)
{
	struct import *import = context;

	return import->problems.count || recorder_log(import->recorder, log, import->err);
}

static bool on_tail(void *context, char **unknown_xml)
{
	struct import *import = context;

	(void)runbook_acceptance_read(*unknown_xml, &import->acceptance);
	return recorder_tail(import->recorder, *unknown_xml, import->err);
}

/* A sign-off is taken over like the states of the steps; what was taken back elsewhere is told. */
static bool take_acceptance(struct import *import, int64_t runbook, struct error *err)
{
	const struct runbook_acceptance *acceptance = &import->acceptance;
	struct ledger_decision decision = { acceptance->sign_user, acceptance->sign_reason, 0 };

	if (acceptance->restored_by && *acceptance->restored_by)
		problem_add(import->warnings, import->request->runbook_file, 0,
			    "runbook %s was taken back by runbook %s where this file comes from",
			    import->report.runbook_id, acceptance->restored_by);
	if (!acceptance->sign_time || !clock_parse_utc(acceptance->sign_time, &decision.time_ns) ||
	    !*acceptance->sign_reason || import->report.done_count != import->report.step_count)
		return true;
	return ledger_sign_off(import->ledger, runbook, &decision, err);
}

static bool read_document(struct import *import, struct problem_list *warnings, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	const struct runbook_handlers handlers = {
		.head = on_head, .step = on_step, .log = on_log, .tail = on_tail, .context = import
	};
	bool fine = runbook_read(import->request->runbook_file, &handlers, &problems, warnings);

	if (error_is_set(err))
		return false;
	for (size_t i = 0; i < import->problems.count; i++) {
		const struct problem *problem = &import->problems.items[i];

		problem_add(&problems, problem->file, problem->line, "%s", problem->text);
	}
	problems.left_out += import->problems.left_out;
	return problem_list_none(&problems, ERROR_INPUT, err) && fine;
}

static bool end_runbook(struct import *import, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	if (!import->report.step_count)
		return error_set(err, ERROR_REFUSED, "%s: runbook %s has no steps: nothing would be done",
				 import->request->runbook_file, import->report.runbook_id);
	return recorder_seal(import->recorder, import->package_type ? import->package_type : "", err) &&
	       ledger_runbook_get(import->ledger, import->report.runbook_id, &runbook, err) &&
	       (!import->files || root_files_record(import->ledger, runbook.key, import->files, err)) &&
	       take_acceptance(import, runbook.key, err);
}

/*
 * What a recorder inserts refers to nothing but what it has inserted before; to ask for it again at each step is a sixth of the
 * cost.
 */
static void set_foreign_keys(struct ledger *const *ledger, int value)
{
	(void)sqlite3_db_config((*ledger)->db, SQLITE_DBCONFIG_ENABLE_FKEY, value, NULL);
}

static void foreign_keys_on(struct ledger *const *ledger)
{
	set_foreign_keys(ledger, 1);
}

bool ledger_import(struct ledger *ledger, const struct import_request *request, struct import_report *ret,
		   struct problem_list *warnings, struct error *err)
{
	CLEANUP(foreign_keys_on) struct ledger *const guarded = ledger;
	CLEANUP_CHANGE struct change change = CHANGE_INIT;
	CLEANUP(import_release)
	struct import import = {
		.ledger = ledger,
		.request = request,
		.origin = xasprintf("as in %s", request->runbook_file),
		.problems = PROBLEM_LIST_INIT,
		.warnings = warnings,
		.err = err,
	};

	if (!root_files_read(request->root, &import.files, err))
		return false;
	set_foreign_keys(&guarded, 0);
	if (!change_begin(&change, ledger, err) || !read_document(&import, warnings, err) ||
	    !end_runbook(&import, err) || !change_commit(&change, err))
		return false;
	*ret = import.report;
	import.report = (struct import_report){ 0 };
	return true;
}
