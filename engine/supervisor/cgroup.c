// SPDX-License-Identifier: MIT
#include "engine/supervisor/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/cleanup.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

#define CGROUP_PREFIX "runbook-attempt-"

/* Where cgroup2 is mounted: the fifth word of a line of proc(5), mountinfo, that names its type behind a dash. */
static char *find_mount(void)
{
	CLEANUP_FILE FILE *file = fopen("/proc/self/mountinfo", "re");
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		CLEANUP_STRV struct strv words = STRV_INIT;

		if (!strstr(line, " - cgroup2 "))
			continue;
		strv_split(&words, line, " ");
		return words.count > 4 ? xstrdup(words.items[4]) : NULL;
	}
	return NULL;
}

/* Our own group: the line `0::/PATH` of /proc/self/cgroup. */
static char *find_own(void)
{
	CLEANUP_FILE FILE *file = fopen("/proc/self/cgroup", "re");
	CLEANUP_FREE char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0)
			return xstrdup(line + 4);
	}
	return NULL;
}

/* The folder of our own group; NULL if there is none. */
static char *find_folder(void)
{
	CLEANUP_FREE char *mount = find_mount();
	CLEANUP_FREE char *own = find_own();

	return mount && own ? fs_join(mount, *own ? own : ".") : NULL;
}

/* Whether it may be that of a supervisor which has no attempt yet: an empty one that is needed. `name` begins with its process id. */
static bool is_awaited(const char *name)
{
	pid_t pid = (pid_t)strtol(name, NULL, 10);

	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

void cgroup_remove_leftovers(void)
{
	CLEANUP_FREE char *folder = find_folder();
	CLEANUP_DIR DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *entry;

	/* The kernel refuses to remove one in which something lives. */
	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, CGROUP_PREFIX, strlen(CGROUP_PREFIX)) == 0 &&
		    !is_awaited(entry->d_name + strlen(CGROUP_PREFIX)))
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
}

void cgroup_make(struct cgroup *ret)
{
	CLEANUP_FREE char *folder = find_folder();
	CLEANUP_FREE char *path = NULL;

	if (!folder)
		return;
	path = xasprintf("%s/" CGROUP_PREFIX "%d-%lld", folder, (int)getpid(), (long long)clock_boot_ns());
	if (mkdir(path, 0755) < 0)
		return;
	ret->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret->path = TAKE(path);
}

void cgroup_kill(struct cgroup *cgroup)
{
	CLEANUP_FD int fd = cgroup->fd < 0 ? -1 : openat(cgroup->fd, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	cgroup->is_killed = true;
	if (fd >= 0 && write(fd, "1", 1) < 0) {
		/* A kernel before 5.14: the walk over the tree does it. */
	}
}

void cgroup_release(struct cgroup *cgroup)
{
	if (cgroup->fd >= 0)
		(void)close(cgroup->fd);
	if (cgroup->path)
		(void)rmdir(cgroup->path);
	free(cgroup->path);
	*cgroup = (struct cgroup)CGROUP_INIT;
}
