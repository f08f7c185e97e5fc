// SPDX-License-Identifier: MIT
#include "runbook/plan_step.h"

#include <stdlib.h>

#include "runbook/base/alloc.h"

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

struct step *plan_step_add(struct step_list *list, const struct plan_step *what, char *description)
{
	struct step *step = step_list_add(list);

	step->fields = STEP_FIELDS_LONG;
	set(&step->runbook_id, what->runbook_id);
	set(&step->package_id, what->package_id ? what->package_id : "");
	set(&step->package_type, what->package_type);
	set(&step->machine, what->machine);
	set(&step->service_model, what->service_model);
	set(&step->type, step_type_name(what->type));
	/* "Multiple" is what validation steps of real runbooks say; what the others say is not known. */
	set(&step->concurrency, what->type == STEP_TYPE_DVT ? "Multiple" : "Single");
	free(step->description);
	step->description = description;
	return step;
}

void plan_step_add_script(struct step_list *list, const struct plan_step *what, const struct script *script)
{
	char *description = xasprintf("%s script for service model: %s on machine: %s", step_type_name(what->type),
				      what->service_model, what->machine);

	plan_step_set_script(plan_step_add(list, what, description), script);
}

void plan_step_set_built_in(struct step *step, const char *file_name)
{
	step->script.present = true;
	step->script.automated = true;
	set(&step->script.file_name, file_name ? file_name : "");
}

void plan_step_set_script(struct step *step, const struct script *script)
{
	script_release(&step->script);
	script_copy(&step->script, script);
}
