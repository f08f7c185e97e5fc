// SPDX-License-Identifier: MIT
#include "engine/reached.h"

void reached_release(struct reached *reached)
{
	plan_done_list_release(&reached->done);
	strv_release(&reached->changed);
	strv_release(&reached->without_backup);
}

/* A step that was skipped was not begun, unless it was its own script that said so. */
static bool is_begun(const struct ledger_step *step)
{
	return step->attempt_count || (step->state != STATE_NOT_STARTED && step->state != STATE_SKIPPED);
}

static void add_once(struct strv *names, const char *name)
{
	if (!strv_contains_nocase(names, name))
		strv_push(names, name);
}

static bool note_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct reached *reached = context;

	(void)err;
	if (step->type == STEP_TYPE_BACKUP && step->state == STATE_SKIPPED)
		add_once(&reached->without_backup, step->service_model);
	if (!is_begun(step))
		return true;
	plan_done_add(&reached->done, step->type, step->service_model, step->machine);
	if (plan_is_change(step->type))
		add_once(&reached->changed, step->service_model);
	return true;
}

static void keep_changed(struct reached *reached)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < reached->without_backup.count; i++)
		if (strv_contains_nocase(&reached->changed, reached->without_backup.items[i]))
			strv_push(&kept, reached->without_backup.items[i]);
	strv_release(&reached->without_backup);
	reached->without_backup = kept;
}

bool reached_read(struct ledger *ledger, int64_t runbook, struct reached *ret, struct error *err)
{
	if (!ledger_step_each(ledger, (struct ledger_range){ runbook, 1, 0 }, note_step, ret, err))
		return false;
	keep_changed(ret);
	return true;
}
