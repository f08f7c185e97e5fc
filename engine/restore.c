// SPDX-License-Identifier: MIT
#include "engine/restore.h"

#include <string.h>

#include "engine/claim.h"
#include "engine/console.h"
#include "engine/json_value.h"
#include "engine/reached.h"
#include "engine/recover.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/plan_restore.h"
#include "runbook/runbook_writer.h"
#include "steps/transfer.h"

#define SUFFIX "-restore"
#define SCHEMA_NAMESPACES \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""

/* An id has at most 64 characters. */
enum { ID_KEPT = 64 - (sizeof(SUFFIX) - 1) };

void restore_plan_release(struct restore_plan *plan)
{
	free(plan->id);
	free(plan->restored);
	*plan = (struct restore_plan){ 0 };
}

/* ---- The plan -------------------------------------------------------------------------------------------- */

/* What the plan is made of: the documents of the runbook, and how far it got. */
struct material {
	char *topology_xml;
	char *service_model_xml;
	struct topology topology;
	struct service_model_data models;
	struct reached reached;
};

static void material_release(struct material *material)
{
	free(material->topology_xml);
	free(material->service_model_xml);
	topology_release(&material->topology);
	service_model_data_release(&material->models);
	reached_release(&material->reached);
}

static bool parse_documents(struct material *material, const char *id, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list ignored = PROBLEM_LIST_INIT;
	CLEANUP_FREE char *topology =
		xasprintf("<TopologyData" SCHEMA_NAMESPACES ">%s</TopologyData>", material->topology_xml);
	CLEANUP_FREE char *models =
		xasprintf("<ServiceModelData" SCHEMA_NAMESPACES ">%s</ServiceModelData>", material->service_model_xml);

	if (topology_parse(&(struct document){ topology, strlen(topology), "topology" }, &material->topology, &problems,
			   &ignored))
		(void)service_model_data_parse(&(struct document){ models, strlen(models), "service models" },
					       &material->models, &problems, &ignored);
	return problem_list_none(&problems, ERROR_INPUT, err) ||
	       error_prefix(err, "runbook %s does not say what its service models are", id);
}

static bool read_material(struct ledger *ledger, const struct ledger_runbook *runbook, struct material *ret,
			  struct error *err)
{
	return ledger_document_data(ledger, runbook->key, &ret->topology_xml, &ret->service_model_xml, err) &&
	       parse_documents(ret, runbook->id, err) && reached_read(ledger, runbook->key, &ret->reached, err);
}

static bool make_plan(const struct material *material, const struct ledger_runbook *runbook, const char *id,
		      struct step_list *ret, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	const struct plan_restore_request request = { id, runbook->package_type, &material->topology, &material->models,
						      &material->reached.done };

	if (!plan_restore(&request, ret, &problems)) {
		(void)problem_list_none(&problems, ERROR_REFUSED, err);
		return error_prefix(err,
				    "runbook %s cannot be taken back; take back by hand what it did, and say so with "
				    "-setstepcomplete in the runbook that comes next",
				    runbook->id);
	}
	if (ret->count)
		return true;
	return error_set(err, ERROR_REFUSED,
			 "nothing was stopped or updated by runbook %s: there is nothing to take back", runbook->id);
}

/* ---- What forbids it ------------------------------------------------------------------------------------- */

struct later {
	struct ledger *ledger;
	const struct ledger_runbook *runbook;
	const struct strv *changed;
	char *id; /* of the latest that was found; NULL: none */
	char *service_model;
	int64_t started_ns;
};

static void later_release(struct later *later)
{
	free(later->id);
	free(later->service_model);
}

static void note_later(struct later *later, const struct ledger_runbook *other, const char *service_model)
{
	if (later->id && other->started_ns <= later->started_ns)
		return;
	later_release(later);
	later->id = xstrdup(other->id);
	later->service_model = xstrdup(service_model);
	later->started_ns = other->started_ns;
}

/*
 * A later runbook that changed the same service model must go first: its backup is of what this one made. Of several the latest is named, for
 * with the others it is the same.
 */
static bool check_later(void *context, const struct ledger_runbook *other, struct error *err)
{
	struct later *later = context;
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	CLEANUP_REACHED struct reached reached = REACHED_INIT;

	if (other->key == later->runbook->key || other->started_ns <= later->runbook->started_ns)
		return true;
	if (!ledger_acceptance_get(later->ledger, other->key, &acceptance, err))
		return false;
	if (acceptance.restores_key || acceptance.is_restored)
		return true;
	if (!reached_read(later->ledger, other->key, &reached, err))
		return false;
	for (size_t i = 0; i < reached.changed.count; i++)
		if (strv_contains_nocase(later->changed, reached.changed.items[i]))
			note_later(later, other, reached.changed.items[i]);
	return true;
}

static bool check_allowed(const struct run *run, const struct material *material, struct error *err)
{
	const struct ledger_runbook *runbook = &run->runbook;
	const struct ledger_acceptance *acceptance = &run->acceptance;
	CLEANUP(later_release)
	struct later later = { run->ledger, runbook, &material->reached.changed, NULL, NULL, 0 };

	if (acceptance->pruned_ns)
		return error_set(
			err, ERROR_REFUSED,
			"runbook %s was signed off by %s and its backups were removed: it cannot be taken back",
			runbook->id, acceptance->signed_by);
	if (!ledger_runbook_each(run->ledger, check_later, &later, err) || !later.id)
		return !later.id && !error_is_set(err);
	return error_set(err, ERROR_REFUSED,
			 "runbook %s has updated %s since: take that one back first\n"
			 "  runbook executerestore -runbookid=%s%s",
			 later.id, later.service_model, later.id, run->request->repeat_options);
}

static void tell_doubts(const struct ledger_runbook *runbook, const struct ledger_acceptance *acceptance,
			const struct material *material)
{
	const struct strv *names = &material->reached.without_backup;

	if (acceptance->signed_ns)
		console_note("runbook %s was signed off by %s (%s), and is taken back all the same", runbook->id,
			     acceptance->signed_by, acceptance->sign_reason);
	for (size_t i = 0; i < names->count; i++)
		console_note("the Backup step of %s was skipped: its Restore script may find nothing to restore",
			     names->items[i]);
}

/* ---- The runbook ----------------------------------------------------------------------------------------- */

static bool write_document(const char *path, const char *id, const struct material *material,
			   const struct step_list *steps, struct error *err)
{
	CLEANUP_RUNBOOK_WRITER struct runbook_writer *writer = NULL;
	const struct runbook_head head = { .runbook_id = (char *)id,
					   .topology_xml = material->topology_xml,
					   .service_model_xml = material->service_model_xml };

	if (!runbook_writer_open(path, &head, &writer, err))
		return false;
	for (size_t i = 0; i < steps->count; i++)
		if (!runbook_writer_step(writer, &steps->items[i], err))
			return false;
	return runbook_writer_commit(writer, err);
}

static bool import_document(struct run *run, const char *path, struct error *err)
{
	CLEANUP(import_report_release) struct import_report report = { 0 };
	CLEANUP(ledger_runbook_release) struct ledger_runbook made = { 0 };
	CLEANUP_PROBLEMS struct problem_list ignored = PROBLEM_LIST_INIT;
	const struct import_request request = { .runbook_file = path,
						.root = &run->root,
						.own_machine = run->request->machine };
	const struct ledger_decision decision = { run->request->user, run->request->reason ? run->request->reason : "",
						  clock_wall_ns() };

	return ledger_import(run->ledger, &request, &report, &ignored, err) &&
	       ledger_runbook_get(run->ledger, report.runbook_id, &made, err) &&
	       ledger_restoration_add(run->ledger, made.key, run->runbook.key, &decision, err);
}

/* Both in one transaction: a runbook that restores nothing must not be there. */
static bool record(struct run *run, const char *path, struct error *err)
{
	if (!ledger_begin(run->ledger, err))
		return false;
	if (import_document(run, path, err) && ledger_commit(run->ledger, err))
		return true;
	ledger_rollback(run->ledger);
	return false;
}

static bool make_runbook(struct run *run, const char *id, struct error *err)
{
	CLEANUP(material_release) struct material material = { .reached = REACHED_INIT };
	CLEANUP_STEP_LIST struct step_list steps = STEP_LIST_INIT;
	CLEANUP_FREE char *path = xasprintf("%s/" WORK_FOLDER_NAME "/%s/%s.xml", run->root.path, id, id);

	if (!read_material(run->ledger, &run->runbook, &material, err) || !check_allowed(run, &material, err) ||
	    !make_plan(&material, &run->runbook, id, &steps, err) || !work_folder_make_run(run->root.path, id, err) ||
	    !write_document(path, id, &material, &steps, err) || !record(run, path, err))
		return false;
	tell_doubts(&run->runbook, &run->acceptance, &material);
	return true;
}

/* What still runs of it is followed to its end; what never ran is given up. */
static bool settle(struct run *run, struct error *err)
{
	CLEANUP_ATTEMPT struct attempt never_ran = ATTEMPT_INIT;
	bool found;

	return recover_attempts(run, &never_ran, &found, err) && (!found || recover_abandon(run, &never_ran, err));
}

static bool make_new(struct ledger *ledger, const struct run_request *request, struct restore_plan *ret,
		     struct error *err)
{
	CLEANUP(run_release) struct run run = RUN_INIT;
	CLEANUP_FREE char *id = NULL;

	if (!signals_open(&run.signals, err) || !run_open(ledger, request, &run, err) || !claim_run(&run, err) ||
	    !settle(&run, err))
		return false;
	id = xasprintf("%.*s" SUFFIX, (int)ID_KEPT, run.runbook.id);
	if (!make_runbook(&run, id, err))
		return false;
	ret->restored = xstrdup(run.runbook.id);
	ret->id = TAKE(id);
	ret->is_new = true;
	return true;
}

/* The runbook that is there already, if there is one; `ret->id` stays NULL otherwise. */
static bool find_made(struct ledger *ledger, const char *runbook_id, struct restore_plan *ret, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	uint32_t next;

	if (!ledger_runbook_get(ledger, runbook_id, &runbook, err) ||
	    !ledger_acceptance_get(ledger, runbook.key, &acceptance, err) ||
	    !ledger_step_next(ledger, runbook.key, &next, err))
		return false;
	if (acceptance.restores_key) {
		ret->id = xstrdup(runbook.id);
		ret->restored = TAKE(acceptance.restores);
		ret->is_done = next == 0;
	} else if (*acceptance.restored_by) {
		ret->id = TAKE(acceptance.restored_by);
		ret->restored = xstrdup(runbook.id);
		ret->is_done = acceptance.is_restored;
	}
	return true;
}

bool restore_prepare(struct ledger *ledger, const struct run_request *request, struct restore_plan *ret,
		     struct error *err)
{
	return find_made(ledger, request->runbook_id, ret, err) && (ret->id || make_new(ledger, request, ret, err));
}

static void print_steps(const struct step_list *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		console_line("%u: %s", steps->items[i].number, steps->items[i].description);
}

static void print_steps_json(const struct step_list *steps)
{
	json_t *all = json_array();

	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->items[i];
		json_t *object = json_pack("{s:I, s:o}", "step", (json_int_t)step->number, "description",
					   json_value_text(step->description));

		(void)json_array_append_new(all, object);
	}
	(void)json_dumpf(all, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(all);
}

static bool print_plan(struct ledger *ledger, const struct run_request *request, struct error *err)
{
	CLEANUP(run_release) struct run run = RUN_INIT;
	CLEANUP(material_release) struct material material = { .reached = REACHED_INIT };
	CLEANUP_STEP_LIST struct step_list steps = STEP_LIST_INIT;

	if (!run_open(ledger, request, &run, err) || !read_material(ledger, &run.runbook, &material, err) ||
	    !check_allowed(&run, &material, err) || !make_plan(&material, &run.runbook, run.runbook.id, &steps, err))
		return false;
	if (request->json)
		print_steps_json(&steps);
	else
		print_steps(&steps);
	tell_doubts(&run.runbook, &run.acceptance, &material);
	return true;
}

bool restore_preview(struct ledger *ledger, const struct run_request *request, struct error *err)
{
	CLEANUP(restore_plan_release) struct restore_plan plan = { 0 };
	struct run_request other = *request;

	if (!find_made(ledger, request->runbook_id, &plan, err))
		return false;
	if (!plan.id)
		return print_plan(ledger, request, err);
	other.runbook_id = plan.id;
	return run_dry(ledger, &other, err);
}
