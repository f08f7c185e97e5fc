// SPDX-License-Identifier: MIT
/*
 * How a planned step looks, whichever plan it is of. Pure; only for runbook/.
 */
#pragma once

#include "runbook/script.h"
#include "runbook/step.h"

struct plan_step {
	const char *runbook_id;
	const char *package_id;
	const char *package_type;
	enum step_type type;
	const char *machine;
	const char *service_model;
};

/* Appends a step of the long shape, with all but its script; `description` is taken. */
struct step *plan_step_add(struct step_list *list, const struct plan_step *what, char *description);

/* "Stop script for service model: … on machine: …", with that script. */
void plan_step_add_script(struct step_list *list, const struct plan_step *what, const struct script *script);

/* Makes it a step that the program does itself, or a script that is no service model's; `file_name` may be NULL. */
void plan_step_set_built_in(struct step *step, const char *file_name);
void plan_step_set_script(struct step *step, const struct script *script);
