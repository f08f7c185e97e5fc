// SPDX-License-Identifier: MIT
/*
 * ServiceModelData: the service models of a package, what they depend on, and the script of each phase.
 *
 * Source of the format: DefaultServiceModelData.xml and DevInstallServiceModelData.xml of real packages.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/document.h"
#include "runbook/step.h"

/* One per element `…Script` of a ServiceModel. */
enum script_kind {
	SCRIPT_STAGING_PREPROCESSING,
	SCRIPT_STAGING_ENVIRONMENT_HEALTH,
	SCRIPT_STAGING_UPDATE,
	SCRIPT_STAGING_RESTORE,
	SCRIPT_DRAIN,
	SCRIPT_UNDRAIN,
	SCRIPT_STOP,
	SCRIPT_BACKUP,
	SCRIPT_RESTORE,
	SCRIPT_UPDATE,
	SCRIPT_BACKUP_CONFIG,
	SCRIPT_UPDATE_CONFIG,
	SCRIPT_RESTORE_CONFIG,
	SCRIPT_GLOBAL_UPDATE_CONFIG,
	SCRIPT_GLOBAL_BACKUP,
	SCRIPT_GLOBAL_RESTORE,
	SCRIPT_GLOBAL_UPDATE,
	SCRIPT_START,
	SCRIPT_DVT,
	SCRIPT_BACKUP_CONNECTION_STRING,
	SCRIPT_RESTORE_CONNECTION_STRING,
	SCRIPT_GLOBAL_BACKUP_CONNECTION_STRING,
	SCRIPT_GLOBAL_RESTORE_CONNECTION_STRING,
	SCRIPT_KIND_COUNT,
};

/* The element's name: "StopScript". */
const char *script_kind_element(enum script_kind kind);

struct service_model {
	char *name;
	unsigned line;
	bool selected_for_update; /* default true; false: only stopped and started around the update of others */
	bool contains_database;
	struct strv depends_on; /* DependentServiceModelList */
	struct script scripts[SCRIPT_KIND_COUNT];
};

struct service_model_data {
	char *file; /* as named by the user, for messages */
	char *guid;
	char *version;
	struct service_model *models;
	size_t model_count;
	char *body_xml; /* all children of the root as XML text: what a runbook's RunbookServiceModelData holds */
};

/*
 * Reads a service-model file; conventions as topology_read(). A service model without a name, two of one name, a name that
 * is not a plain folder name, and a number that is none are problems.
 */
bool service_model_data_read(const char *path, struct service_model_data *ret, struct problem_list *problems,
			     struct problem_list *warnings);
bool service_model_data_parse(const struct document *document, struct service_model_data *ret,
			      struct problem_list *problems, struct problem_list *warnings);
void service_model_data_release(struct service_model_data *data);

#define SERVICE_MODEL_DATA_INIT \
	{                       \
		0               \
	}
#define CLEANUP_SERVICE_MODEL_DATA CLEANUP(service_model_data_release)

/* The service model of that name (without regard to case), or NULL. */
const struct service_model *service_model_find(const struct service_model_data *data, const char *name);
