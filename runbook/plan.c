// SPDX-License-Identifier: MIT
#include "runbook/plan.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/names.h"
#include "runbook/plan_graph.h"
#include "runbook/plan_step.h"

enum phase_flag {
	PHASE_OPTIONAL = 1 << 0,         /* only if `include` names it */
	PHASE_IF_BACKUP = 1 << 1,        /* only with_backup */
	PHASE_IF_DVT = 1 << 2,           /* only with_dvt */
	PHASE_ONCE = 1 << 3,             /* on the first machine that has the service model */
	PHASE_DEPENDENTS_FIRST = 1 << 4, /* instead of dependencies first */
	PHASE_UNSELECTED_TOO = 1 << 5,   /* also for SelectedForUpdate=false */
};

struct phase {
	enum step_type type;
	enum script_kind script;
	unsigned flags;
};

/* In their order. The environment's backup and the built-in actions of Update hang on the phases before them. */
static const struct phase phases[] = {
	{ STEP_TYPE_DRAIN, SCRIPT_DRAIN, PHASE_OPTIONAL | PHASE_DEPENDENTS_FIRST },
	{ STEP_TYPE_STOP, SCRIPT_STOP, PHASE_DEPENDENTS_FIRST | PHASE_UNSELECTED_TOO },
	{ STEP_TYPE_BACKUP, SCRIPT_BACKUP, PHASE_IF_BACKUP },
	{ STEP_TYPE_GLOBAL_BACKUP, SCRIPT_GLOBAL_BACKUP, PHASE_OPTIONAL | PHASE_ONCE },
	{ STEP_TYPE_BACKUP_CONFIG, SCRIPT_BACKUP_CONFIG, PHASE_OPTIONAL },
	{ STEP_TYPE_UPDATE, SCRIPT_UPDATE, 0 },
	{ STEP_TYPE_UPDATE_CONFIG, SCRIPT_UPDATE_CONFIG, PHASE_OPTIONAL },
	{ STEP_TYPE_GLOBAL_UPDATE_CONFIG, SCRIPT_GLOBAL_UPDATE_CONFIG, PHASE_OPTIONAL | PHASE_ONCE },
	{ STEP_TYPE_GLOBAL_UPDATE, SCRIPT_GLOBAL_UPDATE, PHASE_ONCE },
	{ STEP_TYPE_START, SCRIPT_START, PHASE_UNSELECTED_TOO },
	{ STEP_TYPE_DVT, SCRIPT_DVT, PHASE_IF_DVT },
	{ STEP_TYPE_UNDRAIN, SCRIPT_UNDRAIN, PHASE_OPTIONAL },
};

enum { PHASE_COUNT = sizeof(phases) / sizeof(*phases) };

struct plan {
	const struct plan_request *request;
	const struct plan_graph *graph;
	struct step_list *steps;
	struct problem_list *problems;
};

static const struct phase *find_optional_phase(const char *name)
{
	for (size_t i = 0; i < PHASE_COUNT; i++)
		if ((phases[i].flags & PHASE_OPTIONAL) && strcasecmp(step_type_name(phases[i].type), name) == 0)
			return &phases[i];
	return NULL;
}

static void check_request(const struct plan_request *request, struct problem_list *problems)
{
	if (!name_is_runbook_id(request->runbook_id))
		problem_add(
			problems, NULL, 0,
			"runbook id \"%s\": take a letter or digit, then letters, digits, '.', '_', '-', at most 64",
			request->runbook_id);
	for (size_t i = 0; request->include && i < request->include->count; i++)
		if (!find_optional_phase(request->include->items[i]))
			problem_add(
				problems, NULL, 0,
				"unknown phase \"%s\": take Drain, UnDrain, GlobalBackup, BackupConfig, UpdateConfig "
				"or GlobalUpdateConfig",
				request->include->items[i]);
}

static bool is_wanted(const struct plan_request *request, const struct phase *phase)
{
	if (phase->flags & PHASE_IF_BACKUP)
		return request->with_backup;
	if (phase->flags & PHASE_IF_DVT)
		return request->with_dvt;
	if (phase->flags & PHASE_OPTIONAL)
		return request->include && strv_contains_nocase(request->include, step_type_name(phase->type));
	return true;
}

static struct plan_step describe(const struct plan *plan, enum step_type type, const char *machine,
				 const char *service_model)
{
	return (struct plan_step){ .runbook_id = plan->request->runbook_id,
				   .package_id = plan->request->models->guid,
				   .package_type = plan->request->package_type,
				   .type = type,
				   .machine = machine,
				   .service_model = service_model };
}

static const struct service_model *model_of(const struct plan *plan, const struct plan_node *node)
{
	return &plan->request->models->models[node->model];
}

static const char *machine_of(const struct plan *plan, const struct plan_node *node, size_t place)
{
	return plan->request->topology->machines[node->machines[place]].name;
}

/* What runs on a machine is found once per service model, not once per machine. */
static bool check_script(struct plan *plan, const char *file, const char *element, const struct script *script)
{
	CLEANUP_FREE char *path = NULL;

	if (!*script->file_name && script->automated) {
		problem_add(plan->problems, file, script->line,
			    "%s is automated, but names no file; fill in FileName, or set Automated to false", element);
		return false;
	}
	path = *script->file_name ? name_script_path(script->file_name) : NULL;
	if (path || !*script->file_name)
		return true;
	problem_add(plan->problems, file, script->line,
		    "%s: \"%s\" does not stay within the package; name a file below the Scripts folder", element,
		    script->file_name);
	return false;
}

/* The script of a phase if it makes steps for this service model, else NULL. */
static const struct script *script_of(struct plan *plan, const struct phase *phase, const struct service_model *model)
{
	const struct script *script = &model->scripts[phase->script];

	if (!script->present || script_is_empty(script))
		return NULL;
	return check_script(plan, plan->request->models->file, script_kind_element(phase->script), script) ? script
													   : NULL;
}

static bool wants_etw(const struct plan *plan, const struct plan_node *node)
{
	const struct plan_facts *facts = plan->request->facts;

	switch (plan->request->etw) {
	case PLAN_ETW_ALWAYS:
		return true;
	case PLAN_ETW_NEVER:
		return false;
	case PLAN_ETW_AUTO:
		break;
	}
	return facts && facts[node->model].has_etw_manifest;
}

/* What follows each update of a service model on a machine. */
static void add_built_in_steps(struct plan *plan, const struct plan_node *node, const char *machine)
{
	const struct plan_facts *facts = plan->request->facts;
	const char *name = model_of(plan, node)->name;
	struct plan_step what = describe(plan, STEP_TYPE_ETW_MANIFEST, machine, name);
	char *description;

	if (wants_etw(plan, node)) {
		description = xasprintf("Updating ETW manifest for service model: %s on machine: %s", name, machine);
		plan_step_set_built_in(plan_step_add(plan->steps, &what, description),
				       facts ? facts[node->model].etw_script : NULL);
	}
	description = xasprintf("Updating installation info for service model: %s on machine: %s", name, machine);
	what.type = STEP_TYPE_INSTALLATION_INFO;
	plan_step_set_built_in(plan_step_add(plan->steps, &what, description), NULL);
}

static void add_phase_of_node(struct plan *plan, const struct phase *phase, const struct plan_node *node)
{
	const struct service_model *model = model_of(plan, node);
	size_t machines = phase->flags & PHASE_ONCE ? 1 : node->machine_count;
	const struct script *script;

	if (!model->selected_for_update && !(phase->flags & PHASE_UNSELECTED_TOO))
		return;
	script = script_of(plan, phase, model);
	for (size_t i = 0; i < machines; i++) {
		const char *machine = machine_of(plan, node, i);
		const struct plan_step what = describe(plan, phase->type, machine, model->name);

		if (script)
			plan_step_add_script(plan->steps, &what, script);
		if (phase->type == STEP_TYPE_UPDATE)
			add_built_in_steps(plan, node, machine);
	}
}

/* Nodes of one depth keep the order of the topology, whichever way the depths go. */
static void add_phase(struct plan *plan, const struct phase *phase)
{
	const struct plan_graph *graph = plan->graph;
	size_t end = graph->count;

	if (!(phase->flags & PHASE_DEPENDENTS_FIRST)) {
		for (size_t i = 0; i < graph->count; i++)
			add_phase_of_node(plan, phase, &graph->nodes[i]);
		return;
	}
	while (end) {
		size_t start = end - 1;

		while (start && graph->nodes[start - 1].depth == graph->nodes[start].depth)
			start--;
		for (size_t i = start; i < end; i++)
			add_phase_of_node(plan, phase, &graph->nodes[i]);
		end = start;
	}
}

static void add_environment_backup(struct plan *plan)
{
	const struct script *script = &plan->request->topology->backup;
	const struct plan_step what = describe(plan, STEP_TYPE_ENVIRONMENT_BACKUP, "localhost", "All");

	if (!plan->request->with_backup || !script->present || script_is_empty(script))
		return;
	if (check_script(plan, plan->request->topology->file, "BackupScript", script))
		plan_step_set_script(plan_step_add(plan->steps, &what, xstrdup("Backup script for environment")),
				     script);
}

static bool has_step_of_service_model(const struct step_list *steps)
{
	const char *environment = step_type_name(STEP_TYPE_ENVIRONMENT_BACKUP);

	for (size_t i = 0; i < steps->count; i++)
		if (strcmp(steps->items[i].type, environment) != 0)
			return true;
	return false;
}

static void add_all(struct plan *plan)
{
	for (size_t i = 0; i < PHASE_COUNT; i++) {
		if (is_wanted(plan->request, &phases[i]))
			add_phase(plan, &phases[i]);
		if (phases[i].type == STEP_TYPE_STOP)
			add_environment_backup(plan);
	}
}

static void add_empty(struct plan *plan)
{
	problem_add(plan->problems, NULL, 0,
		    "no steps: %zu of the service models that the topology names are in the service-model file%s",
		    plan->graph->count,
		    plan->graph->count ? ", but none of them has a script for this run"
				       : "; compare the names in both files");
}

bool plan_generate(const struct plan_request *request, struct step_list *ret, bool *ret_empty,
		   struct problem_list *problems)
{
	CLEANUP_PLAN_GRAPH struct plan_graph graph = PLAN_GRAPH_INIT;
	CLEANUP_STEP_LIST struct step_list steps = STEP_LIST_INIT;
	struct plan plan = { request, &graph, &steps, problems };
	size_t before = problem_list_total(problems);

	check_request(request, problems);
	(void)plan_graph_build(request->topology, request->models, &graph, problems, request->warnings);
	add_all(&plan);
	*ret_empty = problem_list_total(problems) == before && !has_step_of_service_model(&steps);
	if (*ret_empty)
		add_empty(&plan);
	if (problem_list_total(problems) != before)
		return false;
	*ret = steps;
	steps = (struct step_list)STEP_LIST_INIT;
	return true;
}

bool plan_order(const struct topology *topology, const struct service_model_data *models, size_t *ret_order,
		size_t *ret_count, struct problem_list *problems)
{
	CLEANUP_PLAN_GRAPH struct plan_graph graph = PLAN_GRAPH_INIT;

	if (!plan_graph_build(topology, models, &graph, problems, NULL))
		return false;
	for (size_t i = 0; i < graph.count; i++)
		ret_order[i] = graph.nodes[i].model;
	*ret_count = graph.count;
	return true;
}
