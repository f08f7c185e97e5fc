// SPDX-License-Identifier: MIT
#include "engine/work_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "engine/supervisor/outcome.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/names.h"

void work_folder_release(struct work_folder *folder)
{
	free(folder->run);
	free(folder->step);
	free(folder->log);
	free(folder->attempt);
	free(folder->backup);
	free(folder->programs);
	*folder = (struct work_folder)WORK_FOLDER_INIT;
}

static char *run_folder(const char *package_root, const char *runbook_id)
{
	return xasprintf("%s/" WORK_FOLDER_NAME "/%s", package_root, runbook_id);
}

bool work_folder_name(const struct work_place *place, struct work_folder *ret, struct error *err)
{
	const char *names[] = { place->machine, place->service_model };
	bool restores = place->restores && *place->restores;
	CLEANUP_FREE char *backups = run_folder(place->package_root, restores ? place->restores : place->runbook_id);

	for (size_t i = 0; i < 2; i++)
		if (!name_is_plain(names[i]))
			return error_set(err, ERROR_REFUSED, "\"%s\" cannot be the name of a folder", names[i]);
	ret->run = run_folder(place->package_root, place->runbook_id);
	ret->step = xasprintf("%s/%s/%s/%u", ret->run, place->machine, place->service_model, place->step);
	ret->log = fs_join(ret->step, "Log");
	ret->attempt = xasprintf("%s/attempt-%u", ret->step, place->attempt);
	ret->backup = xasprintf("%s/Backup/%s", backups, place->service_model);
	ret->programs = fs_join(ret->run, "bin");
	return true;
}

static bool link_program(const char *folder, struct error *err)
{
	CLEANUP_FREE char *link = fs_join(folder, "runbook");
	CLEANUP_FREE char *fresh = fs_join(folder, ".runbook.new");
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length < 0)
		return error_set_errno(err, errno, "/proc/self/exe");
	program[length] = '\0';
	(void)unlink(fresh);
	if (symlink(program, fresh) < 0 || rename(fresh, link) < 0)
		return error_set_errno(err, errno, "%s", link);
	return true;
}

bool work_folder_make_run(const char *package_root, const char *runbook_id, struct error *err)
{
	CLEANUP_FREE char *run = run_folder(package_root, runbook_id);
	CLEANUP_FREE char *backup = fs_join(run, "Backup");
	CLEANUP_FREE char *programs = fs_join(run, "bin");

	return fs_check_owned_path(run, "working folder", err) && fs_make_folders(backup, FS_MODE_FOLDER, err) &&
	       fs_make_folders(programs, FS_MODE_FOLDER, err) && link_program(programs, err);
}

static bool make_folder(const char *path, struct error *err)
{
	return mkdir(path, FS_MODE_FOLDER) == 0 || errno == EEXIST || error_set_errno(err, errno, "%s", path);
}

bool work_folder_make_attempt(const struct work_folder *folder, int *ret_lock, struct error *err)
{
	CLEANUP_FREE char *above = fs_folder_of(folder->step);
	CLEANUP_FREE char *path = fs_join(folder->attempt, ATTEMPT_LOCK);

	if (!fs_make_folders(above, FS_MODE_FOLDER, err) || !fs_make_folders(folder->backup, FS_MODE_FOLDER, err) ||
	    !make_folder(folder->step, err) || !make_folder(folder->log, err) || !make_folder(folder->attempt, err))
		return false;
	*ret_lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	return *ret_lock >= 0 || error_set_errno(err, errno, "%s", path);
}

bool work_folder_lock_attempt(const struct work_folder *folder, int *ret_lock, struct error *err)
{
	CLEANUP_FD int fd = -1;

	if (!work_folder_make_attempt(folder, &fd, err))
		return false;
	/* Whoever only looks takes it shared for a moment: waiting is short. */
	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return error_set_errno(err, errno, "%s: cannot lock", folder->attempt);
	*ret_lock = take_fd(&fd);
	return true;
}

bool work_folder_forget_attempt(const struct work_folder *folder, struct error *err)
{
	static const char *const records[] = { ATTEMPT_STARTED, ATTEMPT_OUTCOME, ATTEMPT_RESULT, ATTEMPT_STOP,
					       ATTEMPT_LOG_RESERVED };
	CLEANUP_FD int fd = open(folder->attempt, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool found = false;

	if (fd < 0)
		return error_set_errno(err, errno, "%s", folder->attempt);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (unlinkat(fd, records[i], 0) == 0)
			found = true;
		else if (errno != ENOENT)
			return error_set_errno(err, errno, "%s/%s", folder->attempt, records[i]);
	}
	return !found || fs_sync(fd, folder->attempt, err);
}

bool work_folder_is_locked(const char *attempt_folder, bool *ret_locked, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(attempt_folder, ATTEMPT_LOCK);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*ret_locked = false;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return error_set_errno(err, errno, "%s", path);
	*ret_locked = true;
	return true;
}
