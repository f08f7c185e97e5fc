// SPDX-License-Identifier: MIT
#include "packages/payload.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/digest_list.h"
#include "packages/extract.h"
#include "packages/file_copy.h"
#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/relative_path.h"
#include "runbook/base/strv.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define CONTENT_TYPES "[Content_Types].xml"

enum { MODE_FOLDER = 0755, MODE_FILE = 0644, MODE_PROGRAM = 0755 };

static bool is_there_already(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT, "%s: is in another source too; only one of them can be meant", path);
}

/* ---- The files of a NuGet package about itself ----------------------------------------------------------- */

/* What cannot be looked at is not taken for missing. */
static bool look_for_file(int fd, const char *name, bool *ret_found, struct error *err)
{
	struct stat st;
	bool is_there = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	*ret_found = is_there && S_ISREG(st.st_mode);
	return is_there || errno == ENOENT || error_set_errno(err, errno, "%s", name);
}

/* The .nuspec at the top, NULL if there is none. */
static bool find_nuspec(int fd, char **ret, struct error *err)
{
	int copy = openat(fd, ".", FOLDER_FLAGS);
	CLEANUP_DIR DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	bool found = false;

	errno = dir ? 0 : errno;
	while (!found && dir && (entry = readdir(dir))) {
		if (fnmatch("*.nuspec", entry->d_name, FNM_CASEFOLD | FNM_PERIOD) == 0 &&
		    !look_for_file(fd, entry->d_name, &found, err))
			return false;
		if (found)
			*ret = xstrdup(entry->d_name);
		errno = 0;
	}
	return !errno || error_set_errno(err, errno, "cannot be read");
}

/* Folders go only if nothing else is in them. */
static bool drop_metadata(int fd, const char *part, struct error *err)
{
	static const char *const files[] = { CONTENT_TYPES, ".signature.p7s", "_rels/.rels" };
	static const char *const folders[] = { "_rels", "package/services", "package" };
	CLEANUP_FREE char *nuspec = NULL;
	CLEANUP_FREE char *metadata = fs_join(part, "package/services/metadata");
	bool has_types;

	if (!find_nuspec(fd, &nuspec, err) || !look_for_file(fd, CONTENT_TYPES, &has_types, err))
		return false;
	if (!nuspec || !has_types)
		return true;
	if (unlinkat(fd, nuspec, 0) < 0 || !fs_remove_tree(metadata, err))
		return error_is_set(err) ? false : error_set_errno(err, errno, "%s", part);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		(void)unlinkat(fd, files[i], 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		(void)unlinkat(fd, folders[i], AT_REMOVEDIR);
	return true;
}

/* ---- A folder that is ours: its entries are moved -------------------------------------------------------- */

struct moving {
	int from_fd;
	int to_fd;
};

static bool make_folder(int fd, const char *path, struct error *err)
{
	bool is_file;

	if (mkdirat(fd, path, MODE_FOLDER) == 0)
		return fchmodat(fd, path, MODE_FOLDER, 0) == 0 || error_set_errno(err, errno, "%s", path);
	if (errno != EEXIST)
		return error_set_errno(err, errno, "%s", path);
	if (!look_for_file(fd, path, &is_file, err))
		return false;
	return !is_file || is_there_already(path, err);
}

/* Folders are made, files moved: so two sources can have folders in common. */
static bool move_entry(void *context, const struct tree_item *item, struct error *err)
{
	struct moving *moving = context;

	if (S_ISDIR(item->st->st_mode))
		return make_folder(moving->to_fd, item->path, err);
	if (fs_rename_new(item->folder_fd, item->name, moving->to_fd, item->path))
		return true;
	return errno == EEXIST ? is_there_already(item->path, err) : error_set_errno(err, errno, "%s", item->path);
}

/* ---- A folder of somebody else: its entries are copied --------------------------------------------------- */

static bool copy_entry(void *context, const struct tree_item *item, struct error *err)
{
	struct moving *copying = context;
	mode_t mode = item->st->st_mode & 0111 ? MODE_PROGRAM : MODE_FILE;
	struct file_copied copied;
	struct stat st;

	if (!S_ISDIR(item->st->st_mode) && !S_ISREG(item->st->st_mode))
		return error_set(err, ERROR_REFUSED, "%s: neither file nor folder; a payload may hold nothing else",
				 item->path);
	if (S_ISDIR(item->st->st_mode))
		return move_entry(context, item, err);
	if (fstatat(copying->to_fd, item->path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return is_there_already(item->path, err);
	return file_copy(item, copying->to_fd, mode, &copied, err);
}

/* ---- One source ------------------------------------------------------------------------------------------ */

/* Opens FOLDER/SUBFOLDER part by part, following no link. */
static bool open_subfolder(const struct payload_request *request, int folder_fd, int *ret_fd, struct error *err)
{
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = openat(folder_fd, ".", FOLDER_FLAGS);
	const char *why = request->subfolder ? relative_path_normalise(request->subfolder, &path) : NULL;

	if (why)
		return error_set(err, ERROR_USAGE, "-subfolder=%s %s", request->subfolder, why);
	if (path)
		strv_split(&parts, path, "/");
	for (size_t i = 0; i < parts.count && fd >= 0; i++) {
		int below = openat(fd, parts.items[i], FOLDER_FLAGS);

		(void)close(fd);
		fd = below;
	}
	if (fd < 0)
		return error_set(err, ERROR_INPUT, "has no folder %s", path ? path : ".");
	*ret_fd = take_fd(&fd);
	return true;
}

static bool add_folder(const struct payload_request *request, const char *folder, bool is_ours, struct error *err)
{
	CLEANUP_FD int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int from_fd = -1;
	struct moving moving = { -1, request->to_fd };
	const struct tree_walk walk = { .enter = is_ours ? move_entry : copy_entry,
					.context = &moving,
					.root = request->source };

	if (fd < 0)
		return error_set_errno(err, errno, "%s", folder);
	if ((is_ours && !drop_metadata(fd, folder, err)) || !open_subfolder(request, fd, &from_fd, err))
		return error_prefix(err, "%s", request->source);
	moving.from_fd = from_fd;
	return tree_walk(from_fd, &walk, err) || error_prefix(err, "%s", request->source);
}

static bool add_archive(const struct payload_request *request, struct error *err)
{
	CLEANUP(extract_result_release) struct extract_result result = { 0 };
	CLEANUP_FREE char *digests = fs_join(request->part, DIGEST_LIST_NAME);

	if (!extract_archive(request->source, request->part, &extract_default_limits, &result, err) ||
	    unlink(digests) < 0)
		return error_is_set(err) ? false : error_set_errno(err, errno, "%s", digests);
	return add_folder(request, request->part, true, err);
}

bool payload_add(const struct payload_request *request, struct error *err)
{
	struct stat st;

	if (stat(request->source, &st) < 0)
		return errno == ENOENT ? error_set(err, ERROR_INPUT, "%s: no such file or folder", request->source)
				       : error_set_errno(err, errno, "%s", request->source);
	return S_ISDIR(st.st_mode) ? add_folder(request, request->source, false, err) : add_archive(request, err);
}
