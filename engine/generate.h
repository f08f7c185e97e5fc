// SPDX-License-Identifier: MIT
/*
 * Making a runbook file: reads the inputs and the package, plans, checks that every script is there, writes.
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/base/problem.h"
#include "runbook/plan.h"

struct generate_request {
	const char *runbook_id;
	const char *topology_file;
	const char *service_model_file;
	const char *runbook_file; /* to be written; an existing one is replaced */
	const char *package_path; /* NULL: the folder of the service-model file */
	enum plan_etw etw;
	bool with_backup;
	bool with_dvt;
	const struct strv *include; /* may be NULL */
};

struct generate_report {
	size_t step_count;
	size_t manual_count; /* steps that wait for somebody */
	char *package_type;
};

void generate_report_release(struct generate_report *report);

/*
 * Makes the runbook file. All problems of the inputs, of the plan and of the scripts are in one error: ERROR_INPUT, or ERROR_REFUSED
 * if the only one is that no steps come out. Nothing is written then.
 */
bool generate_runbook(const struct generate_request *request, struct generate_report *ret,
		      struct problem_list *warnings, struct error *err);
