// SPDX-License-Identifier: MIT
#include "engine/package/file_guard.h"

#include <string.h>

#include "engine/console.h"
#include "engine/package/package_digests.h"
#include "engine/run_context.h"
#include "runbook/base/alloc.h"
#include "runbook/base/problem.h"

#define MISSING "missing"
#define SEPARATOR "  " /* as sha256sum writes it; no digest of a script has one */

void file_guard_release(struct file_guard *guard)
{
	digest_list_free(guard->list);
	strv_release(&guard->checked);
	*guard = (struct file_guard)FILE_GUARD_INIT;
}

bool file_guard_open(struct file_guard *guard, const char *package_root, struct error *err)
{
	return digest_list_load(package_root, &guard->list, err);
}

bool file_guard_is_due(const struct file_guard *guard, const struct ledger_step *step)
{
	return guard->list && !strv_contains_nocase(&guard->checked, step->service_model);
}

/* ---- What was accepted ------------------------------------------------------------------------------------- */

static char *detail_of(const struct digest_change *change)
{
	return xasprintf("%s" SEPARATOR "%s", *change->now ? change->now : MISSING, change->path);
}

static bool note_accepted(void *context, const struct ledger_override *override, struct error *err)
{
	struct strv *accepted = context;

	(void)err;
	if (override->kind == OVERRIDE_ACCEPT_CHANGE && strstr(override->detail, SEPARATOR))
		strv_push(accepted, override->detail);
	return true;
}

static bool is_accepted(const struct strv *accepted, const struct digest_change *change)
{
	CLEANUP_FREE char *detail = detail_of(change);

	for (size_t i = 0; i < accepted->count; i++)
		if (strcmp(accepted->items[i], detail) == 0)
			return true;
	return false;
}

/* Takes out what somebody has accepted for this runbook. */
static bool drop_accepted(struct run *run, struct digest_changes *changes, struct error *err)
{
	CLEANUP_STRV struct strv accepted = STRV_INIT;
	const struct ledger_place place = { .runbook = run->runbook.key };
	size_t kept = 0;

	if (!changes->count)
		return true;
	if (!ledger_override_each(run->ledger, place, note_accepted, &accepted, err))
		return false;
	for (size_t i = 0; i < changes->count; i++) {
		if (is_accepted(&accepted, &changes->items[i]))
			free(changes->items[i].path);
		else
			changes->items[kept++] = changes->items[i];
	}
	changes->count = kept;
	return true;
}

static bool add_override(struct run *run, const struct ledger_step *step, const struct digest_change *change,
			 struct error *err)
{
	CLEANUP_FREE char *detail = detail_of(change);
	CLEANUP_FREE char *text = digest_change_text(change);
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
		CLEANUP_FREE char *text = digest_change_text(&changes->items[i]);

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
	text = digest_change_text(&changes.items[0]);
	*ret_trouble = changes.count == 1 ? TAKE(text) : xasprintf("%s, and %zu more", text, changes.count - 1);
	return true;
}
