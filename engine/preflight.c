// SPDX-License-Identifier: MIT
#include "engine/preflight.h"

#include "engine/interpreter.h"
#include "runbook/base/problem.h"
#include "runbook/topology.h"

struct preflight {
	struct run *run;
	struct problem_list problems;
};

static bool check_script(void *context, const struct ledger_script *script, struct error *err)
{
	struct preflight *self = context;
	CLEANUP_ERROR struct error problem = ERROR_INIT;
	CLEANUP_STRV struct strv argv = STRV_INIT;
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

	if (!machine_is_own(script->machine, self->run->request->machine))
		return true;
	if (package_root_find_script(&self->run->root, script->service_model, script->file_name, &file, &problem) &&
	    interpreter_resolve(file.path, file.fd, "", &argv, &problem))
		return true;
	/* The machine failed us: that says nothing about the package. */
	if (problem.code == ERROR_SYSTEM)
		return error_set(err, ERROR_SYSTEM, "step %u: %s", script->first_step, problem.message);
	problem_add(&self->problems, NULL, 0, "step %u: %s", script->first_step, problem.message);
	return true;
}

bool preflight_check(struct run *run, struct error *err)
{
	struct preflight self = { run, PROBLEM_LIST_INIT };
	bool fine = ledger_script_each(run->ledger, run->runbook.key, check_script, &self, err) &&
		    problem_list_none(&self.problems, ERROR_INPUT, err);

	problem_list_release(&self.problems);
	return fine;
}
