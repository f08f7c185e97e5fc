// SPDX-License-Identifier: MIT
#include "engine/ahead.h"

#include "engine/attempt.h"
#include "engine/decide.h"
#include "engine/supervisor/records.h"
#include "runbook/base/fs.h"

/* Whether this step is begun next, if nothing comes between; it is looked up in `ret`. */
static bool is_due(struct run *run, uint32_t step, struct ledger_step *ret)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;

	return !run->request->only && ledger_step_get(run->ledger, run->runbook.key, step, ret, &told_later) &&
	       decide(ret, run->request) == DECIDE_RUN;
}

static bool reserve(const char *folder, struct records *ret)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;

	return records_open(ret, folder, &told_later) && records_reserve(ret, &told_later);
}

static bool make(const struct work_place *place, struct work_folder *ret)
{
	CLEANUP_ERROR struct error told_later = ERROR_INIT;
	CLEANUP_FD int lock = -1;

	return work_folder_name(place, ret, &told_later) && work_folder_make_attempt(ret, &lock, &told_later);
}

void ahead_make(struct run *run, uint32_t number)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	CLEANUP(work_folder_release) struct work_folder folder = WORK_FOLDER_INIT;
	CLEANUP(records_release) struct records records = RECORDS_INIT;
	struct work_place place;

	if (error_is_set(&run->ahead) || !is_due(run, number, &step))
		return;
	place = attempt_place(run, &step, step.attempt_count + 1);
	if (make(&place, &folder) && reserve(folder.attempt, &records))
		(void)fs_sync(records.reserved, folder.attempt, &run->ahead);
}

bool ahead_check(struct run *run, struct error *err)
{
	if (!error_is_set(&run->ahead))
		return true;
	return error_set(err, run->ahead.code, "%s", run->ahead.message);
}
