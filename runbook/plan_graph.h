// SPDX-License-Identifier: MIT
/*
 * Where each service model is installed, and in which order they come: what plan.c walks along. Pure.
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/service_model.h"
#include "runbook/topology.h"

/* A service model that the topology and the service-model file both name. */
struct plan_node {
	size_t model;           /* index into models->models */
	size_t seen;            /* its place in the topology */
	size_t depth;           /* 0: depends on nothing that is installed */
	const size_t *machines; /* indexes into topology->machines, in their order */
	size_t machine_count;
};

struct plan_graph {
	struct plan_node *nodes; /* by depth, then by place */
	size_t count;
	size_t *machines; /* of all nodes */
};

/*
 * Builds it. Returns false with problems: a service model twice on a machine, dependency cycles. Unknown service models go to `warnings`, which may
 * be NULL. The caller releases it in any case.
 */
bool plan_graph_build(const struct topology *topology, const struct service_model_data *models, struct plan_graph *ret,
		      struct problem_list *problems, struct problem_list *warnings);
void plan_graph_release(struct plan_graph *graph);

#define PLAN_GRAPH_INIT       \
	{                     \
		NULL, 0, NULL \
	}
#define CLEANUP_PLAN_GRAPH CLEANUP(plan_graph_release)
