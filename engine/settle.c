// SPDX-License-Identifier: MIT
#include "engine/settle.h"

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

bool settle_look(const char *attempt_folder, struct settle_facts *ret, struct error *err)
{
	CLEANUP_FREE char *started = fs_join(attempt_folder, ATTEMPT_STARTED);

	return work_folder_is_locked(attempt_folder, &ret->locked, err) &&
	       fs_look_for(attempt_folder, &ret->folder, err) && fs_look_for(started, &ret->started, err) &&
	       outcome_look(attempt_folder, &ret->outcome, err);
}
