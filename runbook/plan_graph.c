// SPDX-License-Identifier: MIT
#include "runbook/plan_graph.h"

#include <stdint.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"
#include "runbook/name_set.h"

#define NO_NODE SIZE_MAX

enum color { NOT_VISITED, ON_PATH, VISITED };

/* One per service model of the service-model file. */
struct model_state {
	size_t node;         /* its place in the topology, or NO_NODE */
	size_t last_machine; /* number from 1 of the last machine it was found on */
	enum color color;
};

/* A service model on a machine, both known. */
struct placement {
	size_t model;
	size_t machine;
};

struct build {
	const struct topology *topology;
	const struct service_model_data *models;
	struct plan_graph *graph;
	struct problem_list *problems;
	struct problem_list *warnings;
	struct name_set *names; /* of service models, with their indexes */
	struct name_set *unknown;
	struct model_state *states;
	struct placement *placements;
	size_t placement_count;
};

static void build_release(struct build *build)
{
	name_set_free(build->names);
	name_set_free(build->unknown);
	free(build->states);
	free(build->placements);
}

static void prepare(struct build *build)
{
	const struct service_model_data *models = build->models;
	size_t services = 0;
	size_t first;

	build->names = name_set_new();
	build->unknown = name_set_new();
	build->states = xcalloc(models->model_count, sizeof(*build->states));
	for (size_t i = 0; i < models->model_count; i++) {
		(void)name_set_add(build->names, models->models[i].name, i, &first);
		build->states[i].node = NO_NODE;
	}
	for (size_t i = 0; i < build->topology->machine_count; i++)
		services += build->topology->machines[i].service_count;
	build->placements = xcalloc(services, sizeof(*build->placements));
	build->graph->nodes = xcalloc(models->model_count, sizeof(*build->graph->nodes));
	build->graph->machines = xcalloc(services, sizeof(*build->graph->machines));
}

static void warn_unknown(struct build *build, const struct topology_service *service)
{
	size_t first;

	if (build->warnings && name_set_add(build->unknown, service->name, service->line, &first))
		problem_add(build->warnings, build->topology->file, service->line,
			    "service model %s is not in %s; it makes no steps", service->name,
			    build->models->file ? build->models->file : "the service-model file");
}

static void place(struct build *build, const struct topology_service *service, size_t machine)
{
	struct plan_graph *graph = build->graph;
	struct model_state *state;
	size_t model;

	if (!name_set_find(build->names, service->name, &model)) {
		warn_unknown(build, service);
		return;
	}
	state = &build->states[model];
	if (state->last_machine == machine + 1) {
		problem_add(build->problems, build->topology->file, service->line,
			    "service model %s stands twice on machine %s; remove one", service->name,
			    build->topology->machines[machine].name);
		return;
	}
	state->last_machine = machine + 1;
	if (state->node == NO_NODE) {
		state->node = graph->count;
		graph->nodes[graph->count] = (struct plan_node){ .model = model, .seen = graph->count };
		graph->count++;
	}
	graph->nodes[state->node].machine_count++;
	build->placements[build->placement_count++] = (struct placement){ model, machine };
}

static void place_all(struct build *build)
{
	for (size_t machine = 0; machine < build->topology->machine_count; machine++) {
		const struct topology_machine *entry = &build->topology->machines[machine];

		for (size_t i = 0; i < entry->service_count; i++)
			place(build, &entry->services[i], machine);
	}
}

/* Each node's machines behind each other in one array, in topology order. */
static void collect_machines(struct build *build)
{
	struct plan_graph *graph = build->graph;
	CLEANUP_FREE size_t *filled = xcalloc(graph->count, sizeof(*filled));
	size_t at = 0;

	for (size_t i = 0; i < graph->count; i++) {
		filled[i] = at;
		graph->nodes[i].machines = graph->machines + at;
		at += graph->nodes[i].machine_count;
	}
	for (size_t i = 0; i < build->placement_count; i++) {
		size_t node = build->states[build->placements[i].model].node;

		graph->machines[filled[node]++] = build->placements[i].machine;
	}
}

/* A service model whose dependencies are being followed. */
struct visit {
	size_t node;
	size_t next; /* of its dependencies */
};

struct path {
	struct visit *items;
	size_t count;
};

static const struct service_model *model_of(const struct build *build, size_t node)
{
	return &build->models->models[build->graph->nodes[node].model];
}

static void report_cycle(const struct build *build, const struct path *path, size_t node)
{
	CLEANUP_STRBUF struct strbuf names = STRBUF_INIT;
	size_t from = path->count;

	while (path->items[--from].node != node)
		continue;
	for (; from < path->count; from++)
		strbuf_addf(&names, "%s -> ", model_of(build, path->items[from].node)->name);
	strbuf_add_str(&names, model_of(build, node)->name);
	problem_add(build->problems, build->models->file, model_of(build, node)->line,
		    "dependency cycle: %s; remove one from its DependentServiceModelList", names.data);
}

static enum color *color_of(struct build *build, size_t node)
{
	return &build->states[build->graph->nodes[node].model].color;
}

static void deepen(struct build *build, size_t node, size_t dependency)
{
	struct plan_node *nodes = build->graph->nodes;

	if (nodes[node].depth <= nodes[dependency].depth)
		nodes[node].depth = nodes[dependency].depth + 1;
}

static void enter(struct build *build, struct path *path, size_t node)
{
	*color_of(build, node) = ON_PATH;
	path->items[path->count++] = (struct visit){ node, 0 };
}

static void leave(struct build *build, struct path *path)
{
	size_t node = path->items[--path->count].node;

	*color_of(build, node) = VISITED;
	if (path->count)
		deepen(build, path->items[path->count - 1].node, node);
}

/* Follows one more dependency of the last one on the path, or leaves it. */
static void follow(struct build *build, struct path *path)
{
	struct visit *last = &path->items[path->count - 1];
	const struct strv *names = &model_of(build, last->node)->depends_on;
	size_t model;
	size_t node;

	if (last->next == names->count) {
		leave(build, path);
		return;
	}
	if (!name_set_find(build->names, names->items[last->next++], &model) || build->states[model].node == NO_NODE)
		return;
	node = build->states[model].node;
	if (build->states[model].color == ON_PATH)
		report_cycle(build, path, node);
	else if (build->states[model].color == VISITED)
		deepen(build, last->node, node);
	else
		enter(build, path, node);
}

/* Depth first with a path of our own: a chain of a hundred thousand is no reason to run out of stack. */
static void find_depths(struct build *build)
{
	CLEANUP_FREE struct visit *items = xcalloc(build->graph->count, sizeof(*items));
	struct path path = { items, 0 };

	for (size_t i = 0; i < build->graph->count; i++) {
		if (*color_of(build, i) == NOT_VISITED)
			enter(build, &path, i);
		while (path.count)
			follow(build, &path);
	}
}

static int compare_nodes(const void *a, const void *b)
{
	const struct plan_node *one = a;
	const struct plan_node *other = b;

	if (one->depth != other->depth)
		return one->depth < other->depth ? -1 : 1;
	return one->seen < other->seen ? -1 : one->seen > other->seen;
}

bool plan_graph_build(const struct topology *topology, const struct service_model_data *models, struct plan_graph *ret,
		      struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP(build_release)
	struct build build = {
		.topology = topology, .models = models, .graph = ret, .problems = problems, .warnings = warnings
	};
	size_t before = problem_list_total(problems);

	prepare(&build);
	place_all(&build);
	collect_machines(&build);
	find_depths(&build);
	qsort(ret->nodes, ret->count, sizeof(*ret->nodes), compare_nodes);
	return problem_list_total(problems) == before;
}

void plan_graph_release(struct plan_graph *graph)
{
	free(graph->nodes);
	free(graph->machines);
	*graph = (struct plan_graph)PLAN_GRAPH_INIT;
}
