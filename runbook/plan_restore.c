// SPDX-License-Identifier: MIT
#include "runbook/plan_restore.h"

#include <stdlib.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/plan.h"
#include "runbook/plan_step.h"

#define TYPE(name) (1u << STEP_TYPE_##name)

/* What of it was done calls for which scripts. */
#define TYPES_CHANGE (TYPE(UPDATE) | TYPE(GLOBAL_UPDATE) | TYPE(UPDATE_CONFIG) | TYPE(GLOBAL_UPDATE_CONFIG))
#define TYPES_CONFIG (TYPE(UPDATE_CONFIG) | TYPE(GLOBAL_UPDATE_CONFIG))
#define TYPES_TOUCH (TYPES_CHANGE | TYPE(STOP) | TYPE(START) | TYPE(DRAIN) | TYPE(UNDRAIN) | TYPE(INSTALLATION_INFO))

struct restore_phase {
	enum step_type type;
	enum script_kind script; /* SCRIPT_KIND_COUNT: built in */
	unsigned if_done;        /* a set of types: any of them */
	bool is_reversed;
};

static const struct restore_phase phases[] = {
	{ STEP_TYPE_STOP, SCRIPT_STOP, TYPES_TOUCH, true },
	{ STEP_TYPE_RESTORE, SCRIPT_RESTORE, TYPES_CHANGE, true },
	{ STEP_TYPE_GLOBAL_RESTORE, SCRIPT_GLOBAL_RESTORE, TYPE(GLOBAL_UPDATE), true },
	{ STEP_TYPE_RESTORE_CONFIG, SCRIPT_RESTORE_CONFIG, TYPES_CONFIG, true },
	{ STEP_TYPE_INSTALLATION_INFO, SCRIPT_KIND_COUNT, TYPE(INSTALLATION_INFO), false },
	{ STEP_TYPE_START, SCRIPT_START, TYPES_TOUCH, false },
	{ STEP_TYPE_UNDRAIN, SCRIPT_UNDRAIN, TYPE(DRAIN), false },
};

/* Which of these must be there if such a step was begun. */
static const struct need {
	unsigned if_done;
	enum script_kind update;
	enum script_kind one_of[2];
} needs[] = {
	{ TYPE(UPDATE), SCRIPT_UPDATE, { SCRIPT_RESTORE, SCRIPT_RESTORE } },
	{ TYPE(GLOBAL_UPDATE), SCRIPT_GLOBAL_UPDATE, { SCRIPT_RESTORE, SCRIPT_GLOBAL_RESTORE } },
	{ TYPE(UPDATE_CONFIG), SCRIPT_UPDATE_CONFIG, { SCRIPT_RESTORE, SCRIPT_RESTORE_CONFIG } },
	{ TYPE(GLOBAL_UPDATE_CONFIG), SCRIPT_GLOBAL_UPDATE_CONFIG, { SCRIPT_RESTORE, SCRIPT_RESTORE_CONFIG } },
};

enum { NEED_COUNT = sizeof(needs) / sizeof(*needs), PHASE_COUNT = sizeof(phases) / sizeof(*phases) };

/* A service model on a machine, with what was done there. */
struct place {
	const struct service_model *model;
	const char *machine;
	unsigned done; /* a set of types */
	size_t rank;   /* of the service model, in the order of the update */
	size_t seen;   /* its first step among those that were done */
};

struct place_list {
	struct place *items;
	size_t count;
};

static void places_release(struct place_list *list)
{
	free(list->items);
}

void plan_done_add(struct plan_done_list *list, enum step_type type, const char *service_model, const char *machine)
{
	list->items = xgrow(list->items, list->count, &list->alloc, sizeof(*list->items));
	list->items[list->count++] = (struct plan_done){ type, xstrdup(service_model), xstrdup(machine) };
}

void plan_done_list_release(struct plan_done_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].service_model);
		free(list->items[i].machine);
	}
	free(list->items);
	*list = (struct plan_done_list)PLAN_DONE_LIST_INIT;
}

bool plan_is_change(enum step_type type)
{
	return (TYPES_CHANGE & (1u << type)) != 0;
}

/* ---- Which places there are ------------------------------------------------------------------------------ */

static int compare_machines(const void *left, const void *right)
{
	const struct place *a = left;
	const struct place *b = right;
	int order = (a->rank > b->rank) - (a->rank < b->rank);

	if (!order)
		order = strcasecmp(a->machine, b->machine);
	return order ? order : (a->seen > b->seen) - (a->seen < b->seen);
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left;
	const struct place *b = right;
	int order = (a->rank > b->rank) - (a->rank < b->rank);

	return order ? order : (a->seen > b->seen) - (a->seen < b->seen);
}

/* For each service model its rank; those that are in no topology come behind all others. */
static bool rank_models(const struct plan_restore_request *request, size_t *ret_ranks, struct problem_list *problems)
{
	size_t model_count = request->models->model_count;
	CLEANUP_FREE size_t *order = xcalloc(model_count + 1, sizeof(*order));
	size_t count = 0;

	if (!plan_order(request->topology, request->models, order, &count, problems))
		return false;
	for (size_t i = 0; i < model_count; i++)
		ret_ranks[i] = model_count + i;
	for (size_t i = 0; i < count; i++)
		ret_ranks[order[i]] = i;
	return true;
}

static void add_place(const struct plan_restore_request *request, size_t number, const size_t *ranks,
		      struct place_list *ret, struct problem_list *problems)
{
	const struct plan_done *done = &request->done->items[number];
	const struct service_model *model = service_model_find(request->models, done->service_model);

	if (!(TYPES_TOUCH & (1u << done->type)))
		return;
	if (!model) {
		problem_add(problems, NULL, 0, "%s: was updated, but the service models of the runbook do not name it",
			    done->service_model);
		return;
	}
	ret->items[ret->count++] = (struct place){ .model = model,
						   .machine = done->machine,
						   .done = 1u << done->type,
						   .rank = ranks[model - request->models->models],
						   .seen = number };
}

/* Makes one of those of the same service model and machine, which lie side by side. */
static void merge_places(struct place_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct place *place = &list->items[i];
		struct place *last = kept ? &list->items[kept - 1] : NULL;

		if (last && last->model == place->model && strcasecmp(last->machine, place->machine) == 0)
			last->done |= place->done;
		else
			list->items[kept++] = *place;
	}
	list->count = kept;
}

static bool find_places(const struct plan_restore_request *request, struct place_list *ret,
			struct problem_list *problems)
{
	CLEANUP_FREE size_t *ranks = xcalloc(request->models->model_count + 1, sizeof(*ranks));

	if (!rank_models(request, ranks, problems))
		return false;
	ret->items = xcalloc(request->done->count + 1, sizeof(*ret->items));
	for (size_t i = 0; i < request->done->count; i++)
		add_place(request, i, ranks, ret, problems);
	qsort(ret->items, ret->count, sizeof(*ret->items), compare_machines);
	merge_places(ret);
	qsort(ret->items, ret->count, sizeof(*ret->items), compare_places);
	return true;
}

/* ---- Steps ----------------------------------------------------------------------------------------------- */

static bool has_script(const struct service_model *model, enum script_kind kind)
{
	return model->scripts[kind].present && !script_is_empty(&model->scripts[kind]);
}

static bool is_met(const struct need *need, const struct service_model *model)
{
	return has_script(model, need->one_of[0]) || has_script(model, need->one_of[1]);
}

static void check_needs(const struct place *place, const struct service_model_data *models,
			struct problem_list *problems)
{
	for (size_t i = 0; i < NEED_COUNT; i++)
		if ((place->done & needs[i].if_done) && !is_met(&needs[i], place->model))
			problem_add(problems, models->file, place->model->line,
				    "%s on machine %s: its %s was begun, and it has no %s that would take it back",
				    place->model->name, place->machine, script_kind_element(needs[i].update),
				    script_kind_element(needs[i].one_of[1]));
}

static void add_step(const struct plan_restore_request *request, const struct restore_phase *phase,
		     const struct place *place, struct step_list *ret)
{
	const struct plan_step what = { .runbook_id = request->runbook_id,
					.package_id = request->models->guid,
					.package_type = request->package_type,
					.type = phase->type,
					.machine = place->machine,
					.service_model = place->model->name };

	if (!(place->done & phase->if_done))
		return;
	if (phase->script == SCRIPT_KIND_COUNT)
		plan_step_set_built_in(
			plan_step_add(ret, &what,
				      xasprintf("Returning installation info for service model: %s on machine: %s",
						what.service_model, what.machine)),
			NULL);
	else if (has_script(place->model, phase->script))
		plan_step_add_script(ret, &what, &place->model->scripts[phase->script]);
}

static void add_phase(const struct plan_restore_request *request, const struct restore_phase *phase,
		      const struct place_list *places, struct step_list *ret)
{
	for (size_t i = 0; i < places->count; i++)
		add_step(request, phase, &places->items[phase->is_reversed ? places->count - 1 - i : i], ret);
}

bool plan_restore(const struct plan_restore_request *request, struct step_list *ret, struct problem_list *problems)
{
	CLEANUP(places_release) struct place_list places = { NULL, 0 };
	size_t before = problem_list_total(problems);

	if (!find_places(request, &places, problems))
		return false;
	for (size_t i = 0; i < places.count; i++)
		check_needs(&places.items[i], request->models, problems);
	if (problem_list_total(problems) != before)
		return false;
	for (size_t i = 0; i < PHASE_COUNT; i++)
		add_phase(request, &phases[i], &places, ret);
	return true;
}

void plan_restore_missing(const struct service_model_data *models, struct strv *ret)
{
	for (size_t i = 0; i < models->model_count; i++) {
		const struct service_model *model = &models->models[i];
		bool is_met_everywhere = true;

		for (size_t j = 0; j < NEED_COUNT; j++)
			if (has_script(model, needs[j].update) && !is_met(&needs[j], model))
				is_met_everywhere = false;
		if (model->selected_for_update && !is_met_everywhere)
			strv_push(ret, model->name);
	}
}
