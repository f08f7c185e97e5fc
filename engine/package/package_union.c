// SPDX-License-Identifier: MIT
#include "engine/package/package_union.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "engine/package/package_files.h"
#include "engine/package/package_folder.h"
#include "packages/name_fold.h"
#include "runbook/base/alloc.h"

struct adding {
	struct package_union *all;
	const struct package_view *views;
	size_t package;
	struct problem_list *problems;
};

void package_union_init(struct package_union *all)
{
	*all = (struct package_union){ .file_keys = name_set_new(), .folder_keys = name_set_new() };
}

void package_union_release(struct package_union *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->files[i].path);
	free(all->files);
	name_set_free(all->file_keys);
	name_set_free(all->folder_keys);
	*all = (struct package_union){ 0 };
}

static bool is_merged_document(const char *path)
{
	static const char *const names[] = { PACKAGE_SERVICE_MODELS, PACKAGE_DEV_SERVICE_MODELS, PACKAGE_TOPOLOGY,
					     PACKAGE_HOTFIX_INFO, PACKAGE_TYPES };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(path, names[i]) == 0)
			return true;
	return false;
}

static bool digest_item(const struct tree_item *item, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	CLEANUP_FD int fd = openat(item->folder_fd, item->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "%s", item->path);
	return digest_of_file(fd, item->path, ret, err);
}

/* What stands in the way: a file where another package has a folder, or the other way round. */
static bool fits_with_folders(struct adding *self, const char *path, const char *key)
{
	size_t other;

	if (name_set_find(self->all->folder_keys, key, &other)) {
		problem_add(self->problems, self->views[self->package].path, 0, "%s is a file, and a folder in %s",
			    path, self->views[other].path);
		return false;
	}
	for (const char *slash = strchr(key, '/'); slash; slash = strchr(slash + 1, '/')) {
		CLEANUP_FREE char *folder = xmemdupz(key, (size_t)(slash - key));

		if (name_set_find(self->all->file_keys, folder, &other)) {
			problem_add(self->problems, self->views[self->package].path, 0,
				    "%s needs a folder that is a file in %s", path,
				    self->views[self->all->files[other].package].path);
			return false;
		}
		(void)name_set_add(self->all->folder_keys, folder, self->package, &other);
	}
	return true;
}

static bool add_file(struct adding *self, const struct tree_item *item, struct error *err)
{
	struct package_union *all = self->all;
	struct union_file file = { .package = self->package };
	CLEANUP_FREE char *key = name_fold(item->path);
	size_t other;

	if (!digest_item(item, file.sha256, err))
		return false;
	if (!fits_with_folders(self, item->path, key))
		return true;
	if (name_set_add(all->file_keys, key, all->count, &other)) {
		file.path = xstrdup(item->path);
		all->files = xgrow(all->files, all->count, &all->alloc, sizeof(*all->files));
		all->files[all->count++] = file;
	} else if (strcmp(all->files[other].sha256, file.sha256) != 0) {
		problem_add(self->problems, self->views[self->package].path, 0, "%s is not the same as in %s",
			    item->path, self->views[all->files[other].package].path);
	}
	return true;
}

static bool look_at(void *context, const struct tree_item *item, struct error *err)
{
	struct adding *self = context;

	if (!package_files_is_own(item->path) || S_ISDIR(item->st->st_mode) || is_merged_document(item->path))
		return true;
	if (S_ISREG(item->st->st_mode))
		return add_file(self, item, err);
	problem_add(self->problems, self->views[self->package].path, 0, "%s is no file, but a link or worse",
		    item->path);
	return true;
}

bool package_union_add(struct package_union *all, const struct package_view *views, size_t package,
		       struct problem_list *problems, struct error *err)
{
	struct adding adding = { all, views, package, problems };
	const struct package_root *root = &views[package].root;
	const struct tree_walk walk = { .enter = look_at, .context = &adding, .root = root->path };

	return tree_walk(root->fd, &walk, err);
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(((const struct union_file *)left)->path, ((const struct union_file *)right)->path);
}

void package_union_sort(struct package_union *all)
{
	if (all->count)
		qsort(all->files, all->count, sizeof(*all->files), compare_paths);
}
