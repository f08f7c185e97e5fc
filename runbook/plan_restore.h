// SPDX-License-Identifier: MIT
/*
 * Plan generation for a restore: from what was done of a runbook to the steps that take it back. Pure, as plan.h.
 *
 * The phases are Stop, Restore, GlobalRestore, RestoreConfig, the return of the installation info, Start, and UnDrain where something was drained. Dependents come
 * before what they depend on, in the exact reverse of the order of the update; only the last three go in the order of the update. What makes a step:
 *
 *	Stop, Start     service models of which anything was begun: what was stopped runs again, also where the update did not get to
 *	Restore         Update, GlobalUpdate or UpdateConfig was begun
 *	GlobalRestore   GlobalUpdate was begun
 *	RestoreConfig   UpdateConfig or GlobalUpdateConfig was begun
 *	InstallationInfo, UnDrain   was done; Drain was begun
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/service_model.h"
#include "runbook/step.h"
#include "runbook/topology.h"

/* A step of the runbook that is taken back: one that was begun, however it ended. */
struct plan_done {
	enum step_type type;
	char *service_model;
	char *machine;
};

struct plan_done_list {
	struct plan_done *items;
	size_t count;
	size_t alloc;
};

#define PLAN_DONE_LIST_INIT \
	{                   \
		NULL, 0, 0  \
	}

/* Appends copies. */
void plan_done_add(struct plan_done_list *list, enum step_type type, const char *service_model, const char *machine);
void plan_done_list_release(struct plan_done_list *list);

#define CLEANUP_PLAN_DONE CLEANUP(plan_done_list_release)

/* Whether a step of that type changes what is installed: whoever takes back needs a script for it. */
bool plan_is_change(enum step_type type);

struct plan_restore_request {
	const char *runbook_id; /* of the runbook that is made */
	const char *package_type;
	const struct topology *topology;         /* both those of the runbook that is taken back */
	const struct service_model_data *models; /* … */
	const struct plan_done_list *done;
};

/*
 * Makes the steps; none if nothing was begun. Returns false with every reason in `problems`: a service model that was changed and has no script that takes it
 * back (Restore; for GlobalUpdate also GlobalRestore, for configuration also RestoreConfig), one that the service models do not name, a dependency cycle.
 */
bool plan_restore(const struct plan_restore_request *request, struct step_list *ret, struct problem_list *problems);

/* Appends the names of the service models that a restore would be refused for: they are updated, and have no script that takes it back. */
void plan_restore_missing(const struct service_model_data *models, struct strv *ret);
