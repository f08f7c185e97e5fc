// SPDX-License-Identifier: MIT
/*
 * Plan generation: from a topology and service models to the steps of a runbook.
 *
 * A pure function: no I/O, no clock; the same request gives the same steps. What must be looked up in the package is
 * handed in (`facts`). The order is that of design section 5: phases; inside a phase service models by dependency depth,
 * ties in topology order; per service model the machines in topology order.
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/service_model.h"
#include "runbook/step.h"
#include "runbook/topology.h"

enum plan_etw { PLAN_ETW_AUTO, PLAN_ETW_ALWAYS, PLAN_ETW_NEVER };

/* What the package holds for one service model, in the order of `models->models`. */
struct plan_facts {
	bool has_etw_manifest; /* SERVICEMODEL/ETWManifest is there and not empty */
	const char
		*etw_script; /* file name of the script that registers it (AutoETWManifestUpdate.*); NULL: built in */
};

struct plan_request {
	const char *runbook_id;
	const struct topology *topology;
	const struct service_model_data *models;
	const struct plan_facts *facts; /* models->model_count of them; NULL: nothing is known */
	const char *package_type;       /* from ReleasedPackages, "Unknown" if it is not there */
	enum plan_etw etw;
	bool with_backup;           /* -backup=false leaves out environment backup and Backup */
	bool with_dvt;              /* -generatedvt */
	const struct strv *include; /* optional phases by name (see below); may be NULL */
	/* Where a service model of the topology is reported that the service-model file does not have, once each; may be NULL. */
	struct problem_list *warnings;
};

/*
 * Makes the steps. Returns false with every reason in `problems`: a dependency cycle (named), a doubled service model on a machine, a bad id,
 * an unknown phase in `include`, a script path that leaves the package, an automated script without a file, no steps at all (a backup of the
 * environment alone is none).
 * Optional phases are Drain, UnDrain, GlobalBackup, BackupConfig, UpdateConfig and GlobalUpdateConfig.
 * `ret_empty` is set (and nothing else wrong) if the only reason is that no steps came out: the caller refuses with ERROR_REFUSED instead of ERROR_INPUT.
 */
bool plan_generate(const struct plan_request *request, struct step_list *ret, bool *ret_empty,
		   struct problem_list *problems);

/*
 * The order of service models by dependency alone, for others that need it (restore): indexes into models->models of those in the topology, dependencies first.
 * `ret_order` has room for models->model_count; returns false with the cycle named in `problems`.
 */
bool plan_order(const struct topology *topology, const struct service_model_data *models, size_t *ret_order,
		size_t *ret_count, struct problem_list *problems);
