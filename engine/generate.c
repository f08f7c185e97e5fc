// SPDX-License-Identifier: MIT
#include "engine/generate.h"

#include <string.h>
#include <strings.h>

#include "engine/package/package_type.h"
#include "packages/package_root.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/names.h"
#include "runbook/runbook_writer.h"

/* What is read before anything is planned. */
struct inputs {
	struct topology topology;
	struct service_model_data models;
	struct package_root root;
	struct plan_facts *facts;
	char *package_type;
};

static void inputs_release(struct inputs *inputs)
{
	for (size_t i = 0; inputs->facts && i < inputs->models.model_count; i++)
		free((char *)inputs->facts[i].etw_script);
	free(inputs->facts);
	free(inputs->package_type);
	package_root_release(&inputs->root);
	service_model_data_release(&inputs->models);
	topology_release(&inputs->topology);
}

void generate_report_release(struct generate_report *report)
{
	free(report->package_type);
	*report = (struct generate_report){ 0 };
}

static struct plan_facts *find_facts(const struct package_root *root, const struct service_model_data *models)
{
	struct plan_facts *facts = xcalloc(models->model_count, sizeof(*facts));

	for (size_t i = 0; i < models->model_count; i++) {
		const char *name = models->models[i].name;
		CLEANUP_FREE char *folder = xasprintf("%s/ETWManifest", name);
		char *script = NULL;

		facts[i].has_etw_manifest = package_root_has_files(root, folder);
		if (package_root_script_by_stem(root, name, "AutoETWManifestUpdate", &script))
			facts[i].etw_script = script;
	}
	return facts;
}

static bool open_root(const struct generate_request *request, struct package_root *ret, struct error *err)
{
	CLEANUP_FREE char *folder = fs_folder_of(request->service_model_file);

	return package_root_open(request->package_path ? request->package_path : folder, ret, err);
}

static bool read_inputs(const struct generate_request *request, struct inputs *ret, struct problem_list *problems,
			struct problem_list *warnings)
{
	bool topology_read_well = topology_read(request->topology_file, &ret->topology, problems, warnings);
	bool models_read_well = service_model_data_read(request->service_model_file, &ret->models, problems, warnings);

	return topology_read_well && models_read_well;
}

static bool make_plan(const struct generate_request *request, const struct inputs *inputs, struct step_list *ret,
		      bool *ret_empty, struct problem_list *problems)
{
	struct plan_request plan = {
		.runbook_id = request->runbook_id,
		.topology = &inputs->topology,
		.models = &inputs->models,
		.facts = inputs->facts,
		.package_type = inputs->package_type,
		.etw = request->etw,
		.with_backup = request->with_backup,
		.with_dvt = request->with_dvt,
		.include = request->include,
	};

	return plan_generate(&plan, ret, ret_empty, problems);
}

/* The environment backup comes from the topology, everything else from the service models. */
static const char *file_of(const struct inputs *inputs, const struct step *step)
{
	return step_type_of(step->type, step->description) == STEP_TYPE_ENVIRONMENT_BACKUP ? inputs->topology.file
											   : inputs->models.file;
}

static int compare_scripts(const void *left, const void *right)
{
	const struct step *a = *(const struct step *const *)left;
	const struct step *b = *(const struct step *const *)right;
	int order = strcasecmp(a->service_model, b->service_model);

	if (!order)
		order = strcasecmp(a->script.file_name, b->script.file_name);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

static bool same_script(const struct step *a, const struct step *b)
{
	return strcasecmp(a->service_model, b->service_model) == 0 &&
	       strcasecmp(a->script.file_name, b->script.file_name) == 0;
}

/* For each step whether it is the first that runs its script: the same script on many machines is looked up once. */
static bool *mark_first_uses(const struct step_list *steps)
{
	CLEANUP_FREE const struct step **order = xcalloc(steps->count, sizeof(*order));
	bool *first = xcalloc(steps->count, sizeof(*first));

	for (size_t i = 0; i < steps->count; i++)
		order[i] = &steps->items[i];
	qsort(order, steps->count, sizeof(*order), compare_scripts);
	for (size_t i = 0; i < steps->count; i++) {
		if (*order[i]->script.file_name && (i == 0 || !same_script(order[i - 1], order[i])))
			first[order[i] - steps->items] = true;
	}
	return first;
}

/* Adds a problem for each script that is not there. Sets *only_unsafe to false if any is simply missing. */
static void check_scripts(const struct inputs *inputs, const struct step_list *steps, bool *only_unsafe,
			  struct problem_list *problems)
{
	CLEANUP_FREE bool *first = mark_first_uses(steps);

	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->items[i];
		CLEANUP_ERROR struct error reason = ERROR_INIT;
		CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

		if (!first[i] || package_root_find_script(&inputs->root, step->service_model, step->script.file_name,
							  &file, &reason))
			continue;
		problem_add(problems, file_of(inputs, step), step->script.line, "%s: %s", step->description,
			    reason.message);
		*only_unsafe = *only_unsafe && reason.code == ERROR_REFUSED;
	}
}

static bool write_steps(struct runbook_writer *writer, const struct step_list *steps, struct error *err)
{
	for (size_t i = 0; i < steps->count; i++) {
		if (!runbook_writer_step(writer, &steps->items[i], err))
			return false;
	}
	return runbook_writer_commit(writer, err);
}

static void free_writer(struct runbook_writer **writer)
{
	runbook_writer_free(*writer);
}

static bool write_runbook(const struct generate_request *request, const struct inputs *inputs,
			  const struct step_list *steps, struct error *err)
{
	CLEANUP(free_writer) struct runbook_writer *writer = NULL;
	CLEANUP(runbook_head_release)
	struct runbook_head head = {
		.runbook_id = xstrdup(request->runbook_id),
		.topology_xml = xstrdup(inputs->topology.body_xml),
		.service_model_xml = xstrdup(inputs->models.body_xml),
		.unknown_xml = xstrdup(""),
	};

	return runbook_writer_open(request->runbook_file, &head, &writer, err) && write_steps(writer, steps, err);
}

static void report(const struct inputs *inputs, const struct step_list *steps, struct generate_report *ret)
{
	ret->step_count = steps->count;
	ret->manual_count = 0;
	for (size_t i = 0; i < steps->count; i++)
		ret->manual_count += !steps->items[i].script.automated;
	ret->package_type = xstrdup(inputs->package_type);
}

static bool names_service_model(const struct topology *topology, const char *name)
{
	for (size_t i = 0; i < topology->machine_count; i++) {
		const struct topology_machine *machine = &topology->machines[i];

		for (size_t j = 0; j < machine->service_count; j++) {
			if (strcasecmp(machine->services[j].name, name) == 0)
				return true;
		}
	}
	return false;
}

static void add_model_scripts(const struct service_model *model, bool with_dvt, struct step_list *ret)
{
	static const enum script_kind kinds[] = { SCRIPT_STOP,          SCRIPT_BACKUP, SCRIPT_UPDATE,
						  SCRIPT_GLOBAL_UPDATE, SCRIPT_START,  SCRIPT_DVT };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct script *script = &model->scripts[kinds[i]];
		CLEANUP_FREE char *path = script->present ? name_script_path(script->file_name) : NULL;
		struct step *step;

		/* A path that leaves the package is the plan's to report. */
		if (!path || (kinds[i] == SCRIPT_DVT && !with_dvt))
			continue;
		step = step_list_add(ret);
		free(step->description);
		free(step->service_model);
		step->description = xasprintf("%s of service model %s", script_kind_element(kinds[i]), model->name);
		step->service_model = xstrdup(model->name);
		script_release(&step->script);
		script_copy(&step->script, script);
	}
}

/* Where there is no plan, the scripts that one would have named are checked all the same: every problem at once. */
static void check_model_scripts(const struct inputs *inputs, bool with_dvt, struct problem_list *problems)
{
	CLEANUP(step_list_release) struct step_list scripts = STEP_LIST_INIT;
	bool only_unsafe = false;

	for (size_t i = 0; i < inputs->models.model_count; i++) {
		if (names_service_model(&inputs->topology, inputs->models.models[i].name))
			add_model_scripts(&inputs->models.models[i], with_dvt, &scripts);
	}
	check_scripts(inputs, &scripts, &only_unsafe, problems);
}

static void check_runbook_id(const char *id, struct problem_list *problems)
{
	if (!name_is_runbook_id(id))
		problem_add(
			problems, NULL, 0,
			"\"%s\" is no runbook id: a letter or digit, then letters, digits, `.`, `_`, `-`; at most 64",
			id);
}

/* Plans, and checks the scripts; *ret_refused says that the inputs are well but nothing may come of them. */
static void plan_and_check(const struct generate_request *request, struct inputs *inputs, struct step_list *ret,
			   bool *ret_refused, struct problem_list *problems)
{
	if (make_plan(request, inputs, ret, ret_refused, problems)) {
		*ret_refused = true;
		check_scripts(inputs, ret, ret_refused, problems);
	} else if (!*ret_refused)
		check_model_scripts(inputs, request->with_dvt, problems);
}

/* Everything that is to be known before a byte is written; all problems in one error. */
static bool prepare(const struct generate_request *request, struct inputs *inputs, struct step_list *steps,
		    struct problem_list *warnings, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	bool refused = false;

	if (!read_inputs(request, inputs, &problems, warnings)) {
		check_runbook_id(request->runbook_id, &problems);
		return problem_list_none(&problems, ERROR_INPUT, err);
	}
	if (!open_root(request, &inputs->root, err))
		return false;
	inputs->facts = find_facts(&inputs->root, &inputs->models);
	inputs->package_type = package_type_find(&inputs->root, inputs->models.guid, NULL, &problems, warnings);
	if (!problem_list_none(&problems, ERROR_INPUT, err))
		return false;
	plan_and_check(request, inputs, steps, &refused, &problems);
	return problem_list_none(&problems, refused ? ERROR_REFUSED : ERROR_INPUT, err);
}

bool generate_runbook(const struct generate_request *request, struct generate_report *ret,
		      struct problem_list *warnings, struct error *err)
{
	CLEANUP(inputs_release) struct inputs inputs = { .root = PACKAGE_ROOT_INIT };
	CLEANUP(step_list_release) struct step_list steps = STEP_LIST_INIT;

	if (!prepare(request, &inputs, &steps, warnings, err) || !write_runbook(request, &inputs, &steps, err))
		return false;
	report(&inputs, &steps, ret);
	return true;
}
