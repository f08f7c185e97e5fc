// SPDX-License-Identifier: MIT
#include "engine/sign_off.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/work_folder.h"
#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

void sign_off_report_release(struct sign_off_report *report)
{
	ledger_acceptance_release(&report->acceptance);
	free(report->pruned_folder);
	*report = (struct sign_off_report){ 0 };
}

static bool refuse_undone(struct ledger *ledger, const struct sign_off_request *request,
			  const struct ledger_runbook *runbook, struct error *err)
{
	uint32_t next;

	if (!ledger_step_next(ledger, runbook->key, &next, err))
		return false;
	if (!next)
		return true;
	return error_set(err, ERROR_REFUSED,
			 "step %u of runbook %s is not done: only a completed runbook is signed off\n"
			 "  look at it: runbook status -runbookid=%s%s",
			 next, runbook->id, runbook->id, request->repeat);
}

static bool refuse_restored(const struct ledger_runbook *runbook, const struct ledger_acceptance *acceptance,
			    struct error *err)
{
	if (*acceptance->restored_by)
		return error_set(err, ERROR_REFUSED,
				 "runbook %s %s taken back by runbook %s: there is nothing to accept", runbook->id,
				 acceptance->is_restored ? "was" : "is being", acceptance->restored_by);
	if (acceptance->restores_key)
		return error_set(err, ERROR_REFUSED,
				 "runbook %s takes runbook %s back: neither of them needs to be signed off",
				 runbook->id, acceptance->restores);
	return true;
}

static bool accept(struct ledger *ledger, const struct sign_off_request *request, const struct ledger_runbook *runbook,
		   struct sign_off_report *ret, struct error *err)
{
	const struct ledger_decision decision = { request->user, request->reason, clock_wall_ns() };

	if (ret->acceptance.signed_ns)
		return true;
	if (!refuse_restored(runbook, &ret->acceptance, err) || !refuse_undone(ledger, request, runbook, err))
		return false;
	if (!request->reason || !*request->reason)
		return error_set(err, ERROR_USAGE, "a sign-off needs a -reason='…': it is recorded");
	ret->is_new = true;
	ledger_acceptance_release(&ret->acceptance);
	return ledger_sign_off(ledger, runbook->key, &decision, err) &&
	       ledger_acceptance_get(ledger, runbook->key, &ret->acceptance, err);
}

static bool add_size(void *context, const struct tree_item *item, struct error *err)
{
	uint64_t *bytes = context;

	(void)err;
	if (S_ISREG(item->st->st_mode))
		*bytes += (uint64_t)item->st->st_size;
	return true;
}

static uint64_t size_of(const char *folder)
{
	CLEANUP_FD int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	uint64_t bytes = 0;
	const struct tree_walk walk = { .enter = add_size, .context = &bytes, .root = folder };

	if (fd >= 0)
		(void)tree_walk(fd, &walk, &ignored);
	return bytes;
}

/* First the ledger says that they are gone: a restore must never begin with half of them. */
static bool prune(struct ledger *ledger, const struct ledger_runbook *runbook, struct sign_off_report *ret,
		  struct error *err)
{
	CLEANUP_FREE char *run = xasprintf("%s/" WORK_FOLDER_NAME "/%s", runbook->package_root, runbook->id);
	CLEANUP_FREE char *folder = fs_join(run, "Backup");

	if (!fs_check_owned_path(run, "working folder", err))
		return false;
	if (!ret->acceptance.pruned_ns && !ledger_prune(ledger, runbook->key, clock_wall_ns(), err))
		return false;
	ret->pruned_bytes = size_of(folder);
	if (!fs_remove_tree(folder, err))
		return false;
	ret->pruned_folder = TAKE(folder);
	ledger_acceptance_release(&ret->acceptance);
	return ledger_acceptance_get(ledger, runbook->key, &ret->acceptance, err);
}

bool sign_off(struct ledger *ledger, const struct sign_off_request *request, struct sign_off_report *ret,
	      struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	return ledger_runbook_get(ledger, request->runbook_id, &runbook, err) &&
	       ledger_acceptance_get(ledger, runbook.key, &ret->acceptance, err) &&
	       accept(ledger, request, &runbook, ret, err) &&
	       (!request->prune_backups || prune(ledger, &runbook, ret, err));
}
