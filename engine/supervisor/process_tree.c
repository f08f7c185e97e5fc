// SPDX-License-Identifier: MIT
#include "engine/supervisor/process_tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* More than a kernel lets anybody start a program with. */
enum { ENVIRONMENT_BYTES = 8 << 20, MEMBERS_BYTES = 16 << 20 };

void process_tree_release(struct process_tree *tree)
{
	free(tree->items);
	*tree = (struct process_tree)PROCESS_TREE_INIT;
}

/* proc(5): `PID (NAME) STATE PPID PGRP SESSION … STARTTIME …`; the name may hold blanks and parentheses. */
static bool parse_stat(char *text, struct process *ret)
{
	char *open = strchr(text, '(');
	char *close = strrchr(text, ')');
	char state;
	int parent, group, session;
	unsigned long long born;

	if (!open || !close || close < open)
		return false;
	*close = '\0';
	if (sscanf(close + 1, " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
		   &parent, &group, &session, &born) != 5 ||
	    state == 'Z' || state == 'X')
		return false;
	ret->pid = (pid_t)strtol(text, NULL, 10);
	ret->parent = parent;
	ret->session = session;
	ret->born = born;
	(void)snprintf(ret->name, sizeof(ret->name), "%s", open + 1);
	return true;
}

static bool read_process(int proc, const char *pid, struct process *ret)
{
	char path[32], text[512];
	CLEANUP_FD int fd = -1;
	ssize_t length;

	(void)snprintf(path, sizeof(path), "%.16s/stat", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return parse_stat(text, ret);
}

static void read_all(struct process_tree *tree)
{
	CLEANUP_DIR DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct process process = { 0 };

		if (!isdigit((unsigned char)entry->d_name[0]) || !read_process(dirfd(dir), entry->d_name, &process))
			continue;
		tree->items = xgrow(tree->items, tree->count, &tree->alloc, sizeof(*tree->items));
		tree->items[tree->count++] = process;
	}
}

static bool has_our_parent(const struct process_tree *tree, const struct process *process)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].pid == process->parent && tree->items[i].is_ours)
			return true;
	return false;
}

static void mark_ours(struct process_tree *tree)
{
	bool found = true;

	/* Parents may come behind their children in /proc: repeat until nothing is added. */
	while (found) {
		found = false;
		for (size_t i = 0; i < tree->count; i++) {
			struct process *process = &tree->items[i];

			if (process->is_ours || (process->parent != getpid() && !has_our_parent(tree, process)))
				continue;
			process->is_ours = true;
			process->in_own_session = process->session != getsid(0);
			found = true;
		}
	}
}

static void keep_ours(struct process_tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].is_ours)
			tree->items[kept++] = tree->items[i];
	tree->count = kept;
}

void process_tree_read(struct process_tree *tree)
{
	tree->count = 0;
	read_all(tree);
	mark_ours(tree);
	keep_ours(tree);
}

/* Whether the text, in which each entry ends with NUL, has this one. */
static bool has_entry(const struct strbuf *text, const char *entry)
{
	for (size_t i = 0; i < text->length; i += strlen(text->data + i) + 1)
		if (strcmp(text->data + i, entry) == 0)
			return true;
	return false;
}

static bool was_started_with(const struct process *process, const char *entry)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/environ", (int)process->pid);
	return fs_read_file(path, ENVIRONMENT_BYTES, &text, &unreadable) && has_entry(&text, entry);
}

/* Whether the list, a number a line, has this one. */
static bool has_number(const char *list, pid_t number)
{
	while (*list) {
		char *end;

		if (strtol(list, &end, 10) == number)
			return true;
		list = end + strcspn(end, "\n");
		list += *list == '\n';
	}
	return false;
}

static void read_members(const char *group, struct strbuf *ret)
{
	CLEANUP_FREE char *path = fs_join(group, "cgroup.procs");
	CLEANUP_ERROR struct error gone = ERROR_INIT;

	if (!fs_read_file(path, MEMBERS_BYTES, ret, &gone))
		strbuf_clear(ret);
}

void process_tree_read_orphans(struct process_tree *tree, pid_t session, const char *group, const char *entry)
{
	CLEANUP_STRBUF struct strbuf members = STRBUF_INIT;
	bool found = true;

	tree->count = 0;
	read_all(tree);
	if (group)
		read_members(group, &members);
	while (found) {
		found = false;
		for (size_t i = 0; i < tree->count; i++) {
			struct process *process = &tree->items[i];

			if (process->is_ours || process->session != session ||
			    (!has_our_parent(tree, process) && !has_number(members.data, process->pid) &&
			     !was_started_with(process, entry)))
				continue;
			process->is_ours = found = true;
		}
	}
	keep_ours(tree);
}

static bool in_scope(const struct process *process, enum process_scope scope)
{
	return scope == PROCESS_ALL || !process->in_own_session;
}

static bool is_still_there(const struct process *process)
{
	CLEANUP_FD int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process now = { 0 };
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)process->pid);
	return proc >= 0 && read_process(proc, pid, &now) && now.born == process->born;
}

/* Through a handle that is got first and looked at then: whoever has it cannot lose the number to somebody else in between. */
static void signal_process(const struct process *process, int signal)
{
	CLEANUP_FD int fd = pidfd_open(process->pid, 0);
	bool unknown = fd < 0 && errno != ESRCH; /* to kernels before 5.3, or out of descriptors */

	if (!is_still_there(process))
		return;
	if (fd >= 0)
		(void)pidfd_send_signal(fd, signal, NULL, 0);
	else if (unknown)
		(void)kill(process->pid, signal);
}

size_t process_tree_signal(const struct process_tree *tree, enum process_scope scope, int signal)
{
	size_t count = 0;

	for (size_t i = 0; i < tree->count; i++) {
		if (!in_scope(&tree->items[i], scope))
			continue;
		if (signal)
			signal_process(&tree->items[i], signal);
		count++;
	}
	return count;
}

void process_tree_describe(const struct process_tree *tree, enum process_scope scope, struct strbuf *ret)
{
	const char *separator = "";

	for (size_t i = 0; i < tree->count; i++) {
		if (!in_scope(&tree->items[i], scope))
			continue;
		strbuf_addf(ret, "%s%s (%d)", separator, tree->items[i].name, (int)tree->items[i].pid);
		separator = ", ";
	}
}
