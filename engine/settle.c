// SPDX-License-Identifier: MIT
#include "engine/settle.h"

#include <unistd.h>

#include "engine/work_folder.h"
#include "runbook/base/fs.h"

enum settle_verdict settle_judge(const struct settle_facts *facts)
{
	if (facts->outcome)
		return SETTLE_FINISHED;
	if (facts->locked)
		return SETTLE_RUNNING;
	/* Somebody removed the folder, or the power went before its name was safe: there is no witness. */
	if (!facts->folder)
		return SETTLE_LOST;
	return facts->started ? SETTLE_LOST : SETTLE_NEVER_RAN;
}

static bool exists(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);

	return access(path, F_OK) == 0;
}

bool settle_look(const char *attempt_folder, struct settle_facts *ret, struct error *err)
{
	if (!work_folder_is_locked(attempt_folder, &ret->locked, err))
		return false;
	ret->folder = access(attempt_folder, F_OK) == 0;
	ret->started = exists(attempt_folder, ATTEMPT_STARTED);
	ret->outcome = exists(attempt_folder, ATTEMPT_OUTCOME);
	return true;
}
