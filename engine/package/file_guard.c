// SPDX-License-Identifier: MIT
#include "engine/package/file_guard.h"

#include <string.h>

#include "engine/console.h"
#include "engine/package/package_digests.h"
#include "engine/run_context.h"
#include "runbook/base/alloc.h"
#include "runbook/base/problem.h"
#include "steps/root_files.h"

#define MISSING "missing"

void file_guard_release(struct file_guard *guard)
{
	digest_list_free(guard->list);
	strv_release(&guard->checked);
	*guard = (struct file_guard)FILE_GUARD_INIT;
}

bool file_guard_open(struct run *run, struct error *err)
{
	struct file_guard *guard = &run->guard;

	guard->event = WHEN_IMPORTED;
	if (!ledger_root_files(run->ledger, run->runbook.key, &guard->list, err) || guard->list)
		return !error_is_set(err);
	guard->event = WHEN_EXTRACTED;
	return digest_list_load(run->root.path, &guard->list, err);
}

bool file_guard_is_due(const struct file_guard *guard, const struct ledger_step *step)
{
	return guard->list && !strv_contains_nocase(&guard->checked, step->service_model);
}

/* ---- What was accepted ------------------------------------------------------------------------------------- */

static struct ledger_file file_now(const struct run *run, const struct digest_change *change)
{
	return (struct ledger_file){ run->runbook.key, change->path, *change->now ? change->now : MISSING };
}

/* Takes out what somebody has accepted for this runbook. */
static bool drop_accepted(struct run *run, struct digest_changes *changes, struct error *err)
{
	const size_t count = changes->count;
	bool fine = true;

	changes->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct digest_change change = changes->items[i];
		const struct ledger_file file = file_now(run, &change);
		bool accepted = false;

		fine = fine && ledger_file_is_accepted(run->ledger, &file, &accepted, err);
		if (accepted)
			free(change.path);
		else
			changes->items[changes->count++] = change;
	}
	return fine;
}

static bool add_override(struct run *run, const struct ledger_step *step, const struct digest_change *change,
			 struct error *err)
{
	const struct ledger_file file = file_now(run, change);
	CLEANUP_FREE char *detail = ledger_file_detail(&file);
	CLEANUP_FREE char *text = digest_change_text(change, run->guard.event);
	const struct ledger_override override = { .step = step->number,
						  .kind = OVERRIDE_ACCEPT_CHANGE,
						  .state = step->state,
						  .reason = (char *)run->request->reason,
						  .user = (char *)run->request->user,
						  .detail = detail,
						  .time_ns = clock_wall_ns() };

	console_note("accepted: %s", text);
	return ledger_override_add(run->ledger, run->runbook.key, &override, err);
}

static bool accept(struct run *run, const struct ledger_step *step, const struct digest_changes *changes,
		   struct error *err)
{
	bool fine = ledger_begin(run->ledger, err);

	for (size_t i = 0; fine && i < changes->count; i++)
		fine = add_override(run, step, &changes->items[i], err);
	if (fine && ledger_commit(run->ledger, err))
		return true;
	ledger_rollback(run->ledger);
	return false;
}

/* ---- The check ---------------------------------------------------------------------------------------------- */

static bool refuse(const struct run *run, const struct ledger_step *step, const struct digest_changes *changes,
		   struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error list = ERROR_INIT;

	for (size_t i = 0; i < changes->count; i++) {
		CLEANUP_FREE char *text = digest_change_text(&changes->items[i], run->guard.event);

		problem_add(&problems, NULL, 0, "%s", text);
	}
	(void)problem_list_none(&problems, ERROR_REFUSED, &list);
	return error_set(err, ERROR_REFUSED,
			 "step %u: %s\n  if that is meant: runbook execute -runbookid=%s -acceptchange -reason='…'%s",
			 step->number, list.message, run->runbook.id, run->request->repeat_options);
}

/* Those that nobody has accepted yet. */
static bool find_changes(struct run *run, const struct ledger_step *step, struct digest_changes *ret, struct error *err)
{
	if (package_digests_compare(&run->root, run->guard.list, step->service_model, ret, err) &&
	    drop_accepted(run, ret, err))
		return true;
	return error_prefix(err, "step %u", step->number);
}

bool file_guard_check(struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP_DIGEST_CHANGES struct digest_changes changes = { 0 };

	if (!find_changes(run, step, &changes, err))
		return false;
	if (changes.count && !run->request->accept_change)
		return refuse(run, step, &changes, err);
	if (changes.count && !accept(run, step, &changes, err))
		return false;
	if (file_guard_is_due(&run->guard, step))
		strv_push(&run->guard.checked, step->service_model);
	return true;
}

bool file_guard_look(struct run *run, const struct ledger_step *step, char **ret_trouble, struct error *err)
{
	CLEANUP_DIGEST_CHANGES struct digest_changes changes = { 0 };
	CLEANUP_FREE char *text = NULL;

	*ret_trouble = NULL;
	if (!file_guard_is_due(&run->guard, step))
		return true;
	if (!find_changes(run, step, &changes, err))
		return false;
	strv_push(&run->guard.checked, step->service_model);
	if (!changes.count || run->request->accept_change)
		return true;
	text = digest_change_text(&changes.items[0], run->guard.event);
	*ret_trouble = changes.count == 1 ? TAKE(text) : xasprintf("%s, and %zu more", text, changes.count - 1);
	return true;
}
