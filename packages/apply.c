// SPDX-License-Identifier: MIT
#include "packages/apply.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/backup.h"
#include "packages/payload.h"
#include "packages/swap.h"
#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { MODE_NEW_TARGET = 0755, BITS_GROUP = 0070, BITS_OTHERS = 0007, BITS_KEPT = 0777, BITS_EXECUTE = 0111 };

void apply_result_release(struct apply_result *result)
{
	free(result->target);
	free(result->backup);
	*result = (struct apply_result){ 0 };
}

void restore_result_release(struct restore_result *result)
{
	free(result->target);
	free(result->backup);
	*result = (struct restore_result){ 0 };
}

/* ---- Owners and modes ------------------------------------------------------------------------------------ */

struct policy {
	int old_fd;  /* the target as it was; -1: there was none */
	mode_t mask; /* what new entries may have */
	struct apply_result *result;
};

/* What is at the same path of the target, if it is of the same kind. One that cannot be looked at is not taken for none: it may be nobody else's to read. */
static bool find_old(const struct policy *policy, const struct tree_item *item, struct stat *ret, bool *ret_found,
		     struct error *err)
{
	bool is_there = policy->old_fd >= 0 && fstatat(policy->old_fd, item->path, ret, AT_SYMLINK_NOFOLLOW) == 0;

	*ret_found = is_there && (ret->st_mode & S_IFMT) == (item->st->st_mode & S_IFMT);
	return is_there || policy->old_fd < 0 || errno == ENOENT || errno == ENOTDIR ||
	       error_set_errno(err, errno, "%s", item->path);
}

static bool give_to(const struct tree_item *item, const struct stat *owner, struct error *err)
{
	if (item->st->st_uid == owner->st_uid && item->st->st_gid == owner->st_gid)
		return true;
	if (fchownat(item->folder_fd, item->name, owner->st_uid, owner->st_gid, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return error_set_errno(err, errno, "%s: cannot be given to user %lu, group %lu, as it belongs now", item->path,
			       (unsigned long)owner->st_uid, (unsigned long)owner->st_gid);
}

static mode_t mode_as(const struct stat *old, mode_t fresh)
{
	mode_t mode = old->st_mode & BITS_KEPT;

	/* A program may be run by whoever may read it. */
	return fresh & BITS_EXECUTE ? mode | ((mode >> 2) & BITS_EXECUTE) : mode;
}

static bool set_mode(const struct policy *policy, const struct tree_item *item, struct error *err)
{
	mode_t fresh = item->st->st_mode;
	struct stat old;
	bool found;

	if (!find_old(policy, item, &old, &found, err))
		return false;
	if (fchmodat(item->folder_fd, item->name, found ? mode_as(&old, fresh) : fresh & policy->mask & BITS_KEPT, 0) <
	    0)
		return error_set_errno(err, errno, "%s", item->path);
	return true;
}

static bool enter_new(void *context, const struct tree_item *item, struct error *err)
{
	struct policy *policy = context;
	struct stat owner;
	bool found;

	if (!find_old(policy, item, &owner, &found, err))
		return false;
	if (!found && fstat(item->folder_fd, &owner) < 0)
		return error_set_errno(err, errno, "%s", item->path);
	if (!give_to(item, &owner, err))
		return false;
	if (S_ISDIR(item->st->st_mode)) {
		policy->result->folders++;
		return true;
	}
	policy->result->files++;
	policy->result->bytes += (uint64_t)item->st->st_size;
	return set_mode(policy, item, err);
}

/* Behind its contents: its mode may forbid to look at them. */
static bool leave_new(void *context, const struct tree_item *item, struct error *err)
{
	return set_mode(context, item, err);
}

/* The folder itself: as the target is, or one for everybody to look at. */
static bool set_root(const struct swap *swap, mode_t *ret_mask, struct error *err)
{
	struct stat old = { .st_mode = MODE_NEW_TARGET };

	if (swap->target_fd >= 0 && fstat(swap->target_fd, &old) < 0)
		return error_set_errno(err, errno, "%s", swap->target);
	if (swap->target_fd >= 0 && fchown(swap->new_fd, old.st_uid, old.st_gid) < 0)
		return error_set_errno(err, errno, "%s: cannot be given to user %lu, group %lu, as it belongs now",
				       swap->target, (unsigned long)old.st_uid, (unsigned long)old.st_gid);
	if (fchmod(swap->new_fd, old.st_mode & 07777) < 0)
		return error_set_errno(err, errno, "%s", swap->work);
	*ret_mask = BITS_KEPT & ~(old.st_mode & BITS_GROUP ? 0 : BITS_GROUP) &
		    ~(old.st_mode & BITS_OTHERS ? 0 : BITS_OTHERS);
	return true;
}

static bool set_policy(const struct swap *swap, struct apply_result *result, struct error *err)
{
	struct policy policy = { .old_fd = swap->target_fd, .result = result };
	const struct tree_walk walk = {
		.enter = enter_new, .leave = leave_new, .context = &policy, .root = swap->target
	};

	return set_root(swap, &policy.mask, err) && tree_walk(swap->new_fd, &walk, err);
}

/* ---- Applying -------------------------------------------------------------------------------------------- */

static bool add_sources(const struct apply_request *request, const struct swap *swap, struct error *err)
{
	CLEANUP_FREE char *parts = fs_join(swap->work, SWAP_PARTS);

	if (mkdirat(swap->work_fd, SWAP_PARTS, FS_MODE_FOLDER) < 0)
		return error_set_errno(err, errno, "%s", swap->work);
	for (size_t i = 0; i < request->sources->count; i++) {
		CLEANUP_FREE char *part = xasprintf("%s/%zu", parts, i + 1);
		const struct payload_request payload = { request->sources->items[i], request->subfolder, part,
							 swap->new_fd };

		if (!payload_add(&payload, err))
			return false;
	}
	return true;
}

static bool check_any(const struct apply_request *request, const struct apply_result *result, struct error *err)
{
	if (result->files)
		return true;
	return error_set(err, ERROR_INPUT, "no file in %s%s: %s would be empty", request->sources->items[0],
			 request->sources->count > 1 ? " and the other sources" : "", result->target);
}

static bool make_backup(const struct swap *swap, const char *backup_folder, struct apply_result *ret, struct error *err)
{
	ret->target = xstrdup(swap->target);
	ret->backup = backup_path(backup_folder, swap->target);
	ret->was_there = swap->target_fd >= 0;
	return backup_make(ret->backup, swap->target, swap->target_fd, &ret->backup_made, err);
}

bool apply_backup(const struct apply_request *request, struct apply_result *ret, struct error *err)
{
	CLEANUP(swap_release) struct swap swap = SWAP_INIT;
	CLEANUP_FREE char *backups = fs_absolute(request->backup_folder);

	return swap_open(&swap, request->target, err) && make_backup(&swap, backups, ret, err);
}

bool apply_sources(const struct apply_request *request, struct apply_result *ret, struct error *err)
{
	CLEANUP(swap_release) struct swap swap = SWAP_INIT;
	CLEANUP(apply_result_release) struct apply_result result = { 0 };
	CLEANUP_FREE char *backups = fs_absolute(request->backup_folder);

	if (!swap_open(&swap, request->target, err) || !make_backup(&swap, backups, &result, err) ||
	    !swap_begin(&swap, err) || !add_sources(request, &swap, err) || !set_policy(&swap, &result, err) ||
	    !check_any(request, &result, err) || !swap_commit(&swap, err))
		return false;
	*ret = result;
	result = (struct apply_result){ 0 };
	return true;
}

/* ---- Taking back ----------------------------------------------------------------------------------------- */

static bool put_back(struct swap *swap, struct backup *backup, struct error *err)
{
	if (backup_is_absent(backup))
		return swap_remove(swap, err);
	return swap_begin(swap, err) && backup_copy_out(backup, swap->new_fd, err) && swap_commit(swap, err);
}

bool apply_restore(const char *target, const char *backup_folder, struct restore_result *ret, struct error *err)
{
	CLEANUP(swap_release) struct swap swap = SWAP_INIT;
	CLEANUP_BACKUP struct backup backup = BACKUP_INIT;
	CLEANUP_FREE char *backups = fs_absolute(backup_folder);
	CLEANUP_FREE char *folder = NULL;

	if (!swap_open(&swap, target, err))
		return false;
	folder = backup_path(backups, swap.target);
	if (!backup_open(folder, swap.target, &backup, err) || !put_back(&swap, &backup, err))
		return false;
	ret->is_removed = backup_is_absent(&backup);
	ret->target = xstrdup(swap.target);
	ret->backup = TAKE(folder);
	return true;
}
