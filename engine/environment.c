// SPDX-License-Identifier: MIT
#include "engine/environment.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/interpreter.h"
#include "engine/supervisor/outcome.h"

void environment_base(struct strv *ret)
{
	const struct passwd *user = getpwuid(geteuid());
	const char *home = getenv("HOME");
	const char *name = user ? user->pw_name : "unknown";

	if (!home || *home != '/')
		home = user ? user->pw_dir : "/";
	strv_pushf(ret, "HOME=%s", home);
	strv_pushf(ret, "USER=%s", name);
	strv_pushf(ret, "LOGNAME=%s", name);
	strv_push(ret, "SHELL=/bin/sh");
	strv_push(ret, "LANG=C.UTF-8");
	strv_push(ret, "TERM=dumb");
}

void environment_make(const struct environment_request *request, struct strv *ret)
{
	const struct work_place *place = request->place;
	const struct work_folder *folder = request->folder;

	strv_pushf(ret, "PATH=%s:" INTERPRETER_PATH, folder->programs);
	for (size_t i = 0; i < request->base->count; i++)
		strv_push(ret, request->base->items[i]);
	strv_pushf(ret, "RUNBOOK_ID=%s", place->runbook_id);
	strv_pushf(ret, "RUNBOOK_STEP=%u", place->step);
	strv_pushf(ret, "RUNBOOK_STEP_TYPE=%s", request->step_type);
	strv_pushf(ret, "RUNBOOK_MACHINE=%s", place->machine);
	strv_pushf(ret, "RUNBOOK_SERVICE_MODEL=%s", place->service_model);
	strv_pushf(ret, "RUNBOOK_ATTEMPT=%u", place->attempt);
	strv_pushf(ret, "RUNBOOK_LOG_DIR=%s", folder->log);
	strv_pushf(ret, "RUNBOOK_BACKUP_FOLDER=%s", folder->backup);
	strv_pushf(ret, "RUNBOOK_PACKAGE_ROOT=%s", place->package_root);
	strv_pushf(ret, "RUNBOOK_RESULT=%s/" ATTEMPT_RESULT, folder->attempt);
	strv_pushf(ret, "RUNBOOK_CONTROL=%s", folder->attempt);
	strv_pushf(ret, "RUNBOOK_LEDGER=%s", request->ledger);
}
