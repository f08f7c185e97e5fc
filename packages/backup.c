// SPDX-License-Identifier: MIT
#include "packages/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "packages/file_copy.h"
#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define MANIFEST_NAME "manifest"
#define TREE_NAME "tree"

/* Of the folder's name so much is taken over, of its path's digest so many digits. */
enum { NAME_BYTES = 100, DIGEST_DIGITS = 16 };

void backup_release(struct backup *backup)
{
	free(backup->folder);
	manifest_release(&backup->manifest);
	*backup = (struct backup)BACKUP_INIT;
}

char *backup_path(const char *backup_folder, const char *target)
{
	char sha256[DIGEST_TEXT_SIZE];
	CLEANUP_FREE char *name = NULL;

	digest_bytes(target, strlen(target), sha256);
	name = xasprintf("%.*s-%.*s", NAME_BYTES, fs_name_of(target), DIGEST_DIGITS, sha256);
	return fs_join(backup_folder, name);
}

/* ---- Keeping --------------------------------------------------------------------------------------------- */

struct keeping {
	int tree_fd;
	struct manifest manifest;
};

static bool keep_file(struct keeping *keeping, const struct tree_item *item, struct error *err)
{
	struct manifest_item *kept = manifest_add(&keeping->manifest, MANIFEST_FILE, item->path, item->st);
	struct file_copied copied;

	if (!file_copy(item, keeping->tree_fd, FS_MODE_FILE, &copied, err))
		return false;
	kept->bytes = copied.bytes;
	memcpy(kept->sha256, copied.sha256, sizeof(kept->sha256));
	return true;
}

static bool read_link(const struct tree_item *item, char **ret, struct error *err)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(item->folder_fd, item->name, text, sizeof(text));

	if (length < 0 || length == (ssize_t)sizeof(text))
		return error_set_errno(err, length < 0 ? errno : ENAMETOOLONG, "%s", item->path);
	*ret = xmemdupz(text, (size_t)length);
	return true;
}

static bool keep_link(struct keeping *keeping, const struct tree_item *item, struct error *err)
{
	struct manifest_item *kept = manifest_add(&keeping->manifest, MANIFEST_LINK, item->path, item->st);

	/* The manifest alone has it: in a tree of files and folders nothing leads astray. */
	return read_link(item, &kept->link, err);
}

static bool keep_folder(struct keeping *keeping, const struct tree_item *item, struct error *err)
{
	(void)manifest_add(&keeping->manifest, MANIFEST_FOLDER, item->path, item->st);
	if (mkdirat(keeping->tree_fd, item->path, FS_MODE_FOLDER) < 0)
		return error_set_errno(err, errno, "%s", item->path);
	return true;
}

static bool keep_entry(void *context, const struct tree_item *item, struct error *err)
{
	switch (item->st->st_mode & S_IFMT) {
	case S_IFREG:
		return keep_file(context, item, err);
	case S_IFDIR:
		return keep_folder(context, item, err);
	case S_IFLNK:
		return keep_link(context, item, err);
	default:
		return error_set(err, ERROR_REFUSED, "%s: neither file, folder nor link: it could not be restored",
				 item->path);
	}
}

static bool keep_tree(struct keeping *keeping, const char *target, int target_fd, struct error *err)
{
	const struct tree_walk walk = { .enter = keep_entry, .context = keeping, .root = target };
	struct stat st;

	if (fstat(target_fd, &st) < 0)
		return error_set_errno(err, errno, "%s", target);
	(void)manifest_add(&keeping->manifest, MANIFEST_FOLDER, ".", &st);
	return tree_walk(target_fd, &walk, err);
}

/* The tree, durable; then its manifest. */
static bool keep_all(struct keeping *keeping, const char *folder, int target_fd, struct error *err)
{
	CLEANUP_FREE char *manifest = fs_join(folder, MANIFEST_NAME);
	const char *target = keeping->manifest.target;

	if (target_fd >= 0 && !keep_tree(keeping, target, target_fd, err))
		return error_prefix(err, "backup of %s", target);
	if (syncfs(keeping->tree_fd) < 0)
		return error_set_errno(err, errno, "%s: cannot sync", folder);
	return manifest_write(&keeping->manifest, manifest, err);
}

static bool begin_anew(const char *folder, const char *tree, struct error *err)
{
	return fs_remove_tree(folder, err) && fs_make_folders(tree, FS_MODE_FOLDER, err);
}

static bool make_new(const char *folder, const char *target, int target_fd, struct error *err)
{
	CLEANUP_FREE char *tree = fs_join(folder, TREE_NAME);
	CLEANUP_FD int tree_fd = -1;
	struct keeping keeping = { .manifest = MANIFEST_INIT };
	CLEANUP_ERROR struct error ignored = ERROR_INIT;
	bool done = false;

	if (begin_anew(folder, tree, err)) {
		tree_fd = open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		keeping.tree_fd = tree_fd;
		keeping.manifest.target = xstrdup(target);
		done = tree_fd >= 0 ? keep_all(&keeping, folder, target_fd, err)
				    : error_set_errno(err, errno, "%s", tree);
	}
	manifest_release(&keeping.manifest);
	/* Half a backup is of no use, and on a full disk the space is. */
	if (!done)
		(void)fs_remove_tree(folder, &ignored);
	return done;
}

static bool check_target(const struct manifest *manifest, const char *folder, const char *target, struct error *err)
{
	if (strcmp(manifest->target, target) == 0)
		return true;
	return error_set(err, ERROR_REFUSED, "%s: is the backup of %s, not of %s", folder, manifest->target, target);
}

bool backup_make(const char *folder, const char *target, int target_fd, bool *ret_made, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, MANIFEST_NAME);
	CLEANUP_MANIFEST struct manifest manifest = MANIFEST_INIT;

	*ret_made = access(path, F_OK) < 0 && errno == ENOENT;
	if (*ret_made)
		return make_new(folder, target, target_fd, err);
	return manifest_read(path, &manifest, err) && check_target(&manifest, folder, target, err);
}

/* ---- Taking back ----------------------------------------------------------------------------------------- */

bool backup_open(const char *folder, const char *target, struct backup *ret, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, MANIFEST_NAME);
	CLEANUP_BACKUP struct backup backup = BACKUP_INIT;

	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_REFUSED, "%s: there is no complete backup of it in %s; nothing was changed",
				 target, folder);
	backup.folder = xstrdup(folder);
	if (!manifest_read(path, &backup.manifest, err) || !check_target(&backup.manifest, folder, target, err))
		return false;
	*ret = backup;
	backup = (struct backup)BACKUP_INIT;
	return true;
}

bool backup_is_absent(const struct backup *backup)
{
	return backup->manifest.count == 0;
}

struct restoring {
	struct backup *backup;
	int to_fd;
};

static bool differs(const struct restoring *restoring, const char *path, const char *how, struct error *err)
{
	return error_set(err, ERROR_REFUSED, "%s/" TREE_NAME "/%s: %s; nothing was changed", restoring->backup->folder,
			 path, how);
}

/* Owner before mode: giving a file away takes set-id bits off. */
static bool set_attributes(const struct restoring *restoring, const struct manifest_item *kept, struct error *err)
{
	const struct timespec times[2] = { kept->mtime, kept->mtime };
	struct stat st;

	if (fstatat(restoring->to_fd, kept->path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "%s", kept->path);
	if ((st.st_uid != kept->uid || st.st_gid != kept->gid) &&
	    fchownat(restoring->to_fd, kept->path, kept->uid, kept->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "%s: cannot be given to user %lu, group %lu", kept->path,
				       (unsigned long)kept->uid, (unsigned long)kept->gid);
	if (kept->kind != MANIFEST_LINK && fchmodat(restoring->to_fd, kept->path, kept->mode, 0) < 0)
		return error_set_errno(err, errno, "%s", kept->path);
	if (utimensat(restoring->to_fd, kept->path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "%s", kept->path);
	return true;
}

static bool restore_file(const struct restoring *restoring, const struct tree_item *item,
			 const struct manifest_item *kept, struct error *err)
{
	struct file_copied copied;

	if (!file_copy(item, restoring->to_fd, FS_MODE_FILE, &copied, err))
		return false;
	if (copied.bytes != kept->bytes || strcmp(copied.sha256, kept->sha256) != 0)
		return differs(restoring, item->path, "is not what was backed up", err);
	return set_attributes(restoring, kept, err);
}

static bool restore_entry(void *context, const struct tree_item *item, struct error *err)
{
	struct restoring *restoring = context;
	struct manifest_item *kept = manifest_find(&restoring->backup->manifest, item->path);
	mode_t type = item->st->st_mode & S_IFMT;

	if (!kept || (type != S_IFREG && type != S_IFDIR) || (kept->kind == MANIFEST_FOLDER) != (type == S_IFDIR))
		return differs(restoring, item->path, "was not backed up", err);
	kept->seen = true;
	if (type == S_IFREG)
		return restore_file(restoring, item, kept, err);
	if (mkdirat(restoring->to_fd, item->path, FS_MODE_FOLDER) < 0)
		return error_set_errno(err, errno, "%s", item->path);
	return true;
}

static bool restore_links(struct restoring *restoring, struct error *err)
{
	struct manifest *manifest = &restoring->backup->manifest;

	for (size_t i = 0; i < manifest->count; i++) {
		struct manifest_item *kept = &manifest->items[i];

		if (kept->kind != MANIFEST_LINK)
			continue;
		kept->seen = true;
		if (symlinkat(kept->link, restoring->to_fd, kept->path) < 0)
			return error_set_errno(err, errno, "%s", kept->path);
		if (!set_attributes(restoring, kept, err))
			return false;
	}
	return true;
}

/* Last of all, the deepest first: what is put into a folder changes its time, and its mode may forbid it. */
static bool finish_folders(struct restoring *restoring, struct error *err)
{
	struct manifest *manifest = &restoring->backup->manifest;

	for (size_t i = manifest->count; i-- > 0;) {
		struct manifest_item *kept = &manifest->items[i];

		if (!kept->seen && strcmp(kept->path, ".") != 0)
			return differs(restoring, kept->path, "is missing", err);
		if (kept->kind == MANIFEST_FOLDER && strcmp(kept->path, ".") != 0 &&
		    !set_attributes(restoring, kept, err))
			return false;
	}
	return set_attributes(restoring, manifest_find(manifest, "."), err);
}

bool backup_copy_out(struct backup *backup, int to_fd, struct error *err)
{
	CLEANUP_FREE char *tree = fs_join(backup->folder, TREE_NAME);
	CLEANUP_FD int fd = open(tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct restoring restoring = { backup, to_fd };
	const struct tree_walk walk = { .enter = restore_entry, .context = &restoring, .root = tree };

	if (fd < 0)
		return error_set_errno(err, errno, "%s", tree);
	if (!manifest_find(&backup->manifest, "."))
		return differs(&restoring, "", "the manifest does not say what it was", err);
	return tree_walk(fd, &walk, err) && restore_links(&restoring, err) && finish_folders(&restoring, err);
}
