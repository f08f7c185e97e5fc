// SPDX-License-Identifier: MIT
#include "packages/tree_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "packages/entry_error.h"
#include "packages/tree_writer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

struct walk {
	struct report_reader *report;
	unsigned depth;
	uid_t owner;
	struct tree_count count;
	struct strbuf path;
};

static void walk_release(struct walk *walk)
{
	strbuf_release(&walk->path);
}

static bool unexpected(const struct walk *walk, const char *what, struct error *err)
{
	return entry_refused(err, walk->path.data, "%s; the archive may be made to do harm", what);
}

static int compare_with_file(const void *path, const void *file)
{
	return strcmp(path, ((const struct report_file *)file)->path);
}

static struct report_file *find_file(const struct walk *walk)
{
	if (!walk->report->count)
		return NULL;
	return bsearch(walk->path.data, walk->report->files, walk->report->count, sizeof(*walk->report->files),
		       compare_with_file);
}

/* A default access list of the parent folder can have given another mode than the one asked for. */
static bool set_mode(struct walk *walk, int folder_fd, const char *name, mode_t mode, struct error *err)
{
	if (fchmodat(folder_fd, name, mode, 0) < 0)
		return error_set_errno(err, errno, "%s", walk->path.data);
	return true;
}

static bool check_file(struct walk *walk, int folder_fd, const char *name, const struct stat *st, struct error *err)
{
	struct report_file *file = find_file(walk);
	mode_t mode;

	if (!file)
		return unexpected(walk, "was written without being reported", err);
	if (st->st_nlink != 1)
		return unexpected(walk, "has more than one name", err);
	if (file->seen || (uint64_t)st->st_size != file->size_bytes)
		return unexpected(walk, "is not as it was reported", err);
	file->seen = true;
	walk->count.files++;
	walk->count.bytes += file->size_bytes;
	mode = file->executable ? TREE_MODE_PROGRAM : TREE_MODE_FILE;
	return (st->st_mode & 07777) == mode || set_mode(walk, folder_fd, name, mode, err);
}

static bool check_folder(struct walk *walk, int parent_fd, const char *name, unsigned depth, struct error *err);

static bool check_entry(struct walk *walk, int folder_fd, const char *name, unsigned depth, struct error *err)
{
	struct stat st;

	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set_errno(err, errno, "%s", walk->path.data);
	if (utf8_has_control(name))
		return unexpected(walk, "its name holds a control character", err);
	if (st.st_uid != walk->owner || (st.st_mode & (S_ISUID | (S_ISREG(st.st_mode) ? S_ISGID : 0))))
		return unexpected(walk, "has an owner or a mode that it should not have", err);
	if (S_ISREG(st.st_mode))
		return check_file(walk, folder_fd, name, &st, err);
	if (!S_ISDIR(st.st_mode))
		return unexpected(walk, "is neither a file nor a folder", err);
	if (!depth)
		return unexpected(walk, "lies too deep", err);
	walk->count.folders++;
	if ((st.st_mode & 07777) != TREE_MODE_FOLDER && !set_mode(walk, folder_fd, name, TREE_MODE_FOLDER, err))
		return false;
	return check_folder(walk, folder_fd, name, depth - 1, err);
}

/* Everything in the folder; `walk->path` is its path and is again when this returns. */
static bool check_entries(struct walk *walk, DIR *dir, unsigned depth, struct error *err)
{
	const size_t length = walk->path.length;
	struct dirent *entry;

	while (errno = 0, (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (length)
			strbuf_add_char(&walk->path, '/');
		strbuf_add_str(&walk->path, entry->d_name);
		if (!check_entry(walk, dirfd(dir), entry->d_name, depth, err))
			return false;
		strbuf_set_length(&walk->path, length);
	}
	return errno ? error_set_errno(err, errno, "%s", walk->path.data) : true;
}

static bool check_folder(struct walk *walk, int parent_fd, const char *name, unsigned depth, struct error *err)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return error_set_errno(err, errno, "%s", walk->path.data);
	return check_entries(walk, dir, depth, err);
}

bool tree_check(int tree_fd, struct report_reader *report, unsigned depth, struct tree_count *ret, struct error *err)
{
	CLEANUP(walk_release) struct walk walk = { report, depth, geteuid(), { 0, 0, 0 }, STRBUF_INIT };

	if (!check_folder(&walk, tree_fd, ".", depth, err))
		return false;
	if (walk.count.files != report->count)
		return error_set(err, ERROR_REFUSED,
				 "files that were reported are missing; the archive may be made to do harm");
	*ret = walk.count;
	return true;
}
