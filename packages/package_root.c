// SPDX-License-Identifier: MIT
#include "packages/package_root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/name_fold.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/relative_path.h"
#include "runbook/base/strv.h"
#include "runbook/base/utf8.h"

void package_file_release(struct package_file *file)
{
	cleanup_fd_(&file->fd);
	free(file->path);
	*file = (struct package_file)PACKAGE_FILE_INIT;
}

bool package_root_open(const char *path, struct package_root *ret, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(path);
	CLEANUP_FD int fd = -1;

	if (!fs_check_owned_path(absolute, "package root", err))
		return false;
	fd = open(absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_INPUT, "package root: %s: no such folder", absolute);
	if (fd < 0)
		return error_set_errno(err, errno, "package root: %s", absolute);
	ret->fd = take_fd(&fd);
	ret->path = TAKE(absolute);
	return true;
}

void package_root_release(struct package_root *root)
{
	cleanup_fd_(&root->fd);
	free(root->path);
	*root = (struct package_root)PACKAGE_ROOT_INIT;
}

/* The names in a folder; a stream of its own, so that the descriptor's offset does not matter. */
static bool list_names(const struct package_file *folder, struct strv *ret, struct error *err)
{
	int copy = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(err, errno, "%s", folder->path);
	errno = 0;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strv_push(ret, entry->d_name);
	return errno ? error_set_errno(err, errno, "%s", folder->path) : true;
}

static void keep_alike(const struct strv *names, const char *name, struct strv *ret)
{
	CLEANUP_FREE char *wanted = name_fold(name);

	for (size_t i = 0; i < names->count; i++) {
		CLEANUP_FREE char *key = name_fold(names->items[i]);

		if (strcmp(key, wanted) == 0)
			strv_push(ret, names->items[i]);
	}
}

/* Gives the name as it is spelled in the folder. */
static bool find_name(const struct package_file *folder, const char *name, char **ret, struct error *err)
{
	CLEANUP_STRV struct strv names = STRV_INIT;
	CLEANUP_STRV struct strv alike = STRV_INIT;
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		*ret = xstrdup(name);
		return true;
	}
	if (!list_names(folder, &names, err))
		return false;
	keep_alike(&names, name, &alike);
	if (alike.count == 0)
		return error_set(err, ERROR_INPUT, "no such file or folder: %s in %s", name, folder->path);
	if (alike.count > 1)
		return error_set(err, ERROR_INPUT, "%s matches both %s and %s in %s: spell it like one of them", name,
				 alike.items[0], alike.items[1], folder->path);
	*ret = xstrdup(alike.items[0]);
	return true;
}

/* Looked at before it is opened: opening a device can do things. */
static bool check_kind(const struct package_file *folder, const char *name, const char *path, mode_t kind,
		       struct error *err)
{
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "%s", path);
	if (S_ISLNK(st.st_mode))
		return error_set(err, ERROR_INPUT, "%s is a link, which a package must not hold", path);
	if ((st.st_mode & S_IFMT) != kind)
		return error_set(err, ERROR_INPUT, "%s is not a %s", path, kind == S_IFDIR ? "folder" : "regular file");
	return true;
}

/* Opens what `name` (in whatever case) stands for in `folder`. */
static bool open_child(const struct package_file *folder, const char *name, mode_t kind, struct package_file *ret,
		       struct error *err)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	CLEANUP_FREE char *real_name = NULL;
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (!find_name(folder, name, &real_name, err))
		return false;
	path = fs_join(folder->path, real_name);
	if (!check_kind(folder, real_name, path, kind, err))
		return false;
	fd = openat(folder->fd, real_name, flags);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	if ((st.st_mode & S_IFMT) != kind)
		return error_set(err, ERROR_INPUT, "%s was replaced while it was opened", path);
	if (!fs_check_owned(&st, path, "package", err))
		return false;
	ret->fd = take_fd(&fd);
	ret->path = TAKE(path);
	return true;
}

static bool walk(const struct package_root *root, const char *path, mode_t kind, struct package_file *ret,
		 struct error *err)
{
	CLEANUP(package_file_release)
	struct package_file here = { fcntl(root->fd, F_DUPFD_CLOEXEC, 0), xstrdup(root->path) };
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_FREE char *clean = NULL;
	const char *reason = relative_path_normalise(path, &clean);

	if (reason)
		return error_set(err, ERROR_INPUT, "the path %s", reason);
	if (here.fd < 0)
		return error_set_errno(err, errno, "%s", root->path);
	strv_split(&parts, clean, "/");
	for (size_t i = 0; i < parts.count; i++) {
		struct package_file next = PACKAGE_FILE_INIT;

		if (!open_child(&here, parts.items[i], i + 1 < parts.count ? S_IFDIR : kind, &next, err))
			return false;
		package_file_release(&here);
		here = next;
	}
	ret->fd = take_fd(&here.fd);
	ret->path = TAKE(here.path);
	return true;
}

bool package_root_find_file(const struct package_root *root, const char *path, struct package_file *ret,
			    struct error *err)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	if (walk(root, path, S_IFREG, ret, err))
		return true;
	strbuf_add_visible(&shown, path, PATH_MAX);
	return error_prefix(err, "%s", shown.data);
}

/* The name is checked alone first: behind SERVICEMODEL/Scripts/ an absolute one would look relative. */
bool package_root_find_script(const struct package_root *root, const char *service_model, const char *file_name,
			      struct package_file *ret, struct error *err)
{
	CLEANUP_FREE char *clean = NULL;
	CLEANUP_FREE char *path = NULL;
	const char *reason = relative_path_normalise(file_name, &clean);

	if (reason) {
		CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

		strbuf_add_visible(&shown, file_name, PATH_MAX);
		return error_set(err, ERROR_INPUT, "%s: the path of the script %s", shown.data, reason);
	}
	path = xasprintf("%s/Scripts/%s", service_model, clean);
	return package_root_find_file(root, path, ret, err);
}

const char *package_root_relative(const struct package_root *root, const struct package_file *file)
{
	const char *path = file->path + strlen(root->path);

	return path + strspn(path, "/");
}

bool package_root_has_files(const struct package_root *root, const char *path)
{
	CLEANUP(package_file_release) struct package_file place = PACKAGE_FILE_INIT;
	CLEANUP_STRV struct strv names = STRV_INIT;
	CLEANUP_ERROR struct error ignored = ERROR_INIT;

	return walk(root, path, S_IFDIR, &place, &ignored) && list_names(&place, &names, &ignored) && names.count > 0;
}

bool package_root_script_by_stem(const struct package_root *root, const char *service_model, const char *stem,
				 char **ret_name)
{
	static const char *const extensions[] = { ".sh", ".py", ".pl", ".ps1" };

	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		CLEANUP_ERROR struct error ignored = ERROR_INIT;
		CLEANUP_FREE char *name = xasprintf("%s%s", stem, extensions[i]);
		CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

		if (package_root_find_script(root, service_model, name, &file, &ignored)) {
			*ret_name = xstrdup(fs_name_of(file.path));
			return true;
		}
	}
	return false;
}
