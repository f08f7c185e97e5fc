// SPDX-License-Identifier: MIT
#include "tests/fault/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL POINT_KILL
#define ENOSPC_ POINT_ENOSPC
#define EIO_ POINT_EIO
#define EMFILE_ POINT_EMFILE
#define ENOMEM_ POINT_ENOMEM
#define EINTR_ POINT_EINTR

#define DESCRIPTOR SUBJECT_DESCRIPTOR, 0
#define PATH(argument) SUBJECT_PATH, argument
#define NOTHING SUBJECT_NONE, 0

/* Errors as in section 2 of the manual and as Linux's own file systems give them. */
static const struct call calls[] = {
	{ "write", SYS_write, KILL | ENOSPC_ | EIO_ | EINTR_, DESCRIPTOR },
	{ "writev", SYS_writev, KILL | ENOSPC_ | EIO_ | EINTR_, DESCRIPTOR },
	{ "pwrite64", SYS_pwrite64, KILL | ENOSPC_ | EIO_ | EINTR_, DESCRIPTOR },
	{ "splice", SYS_splice, KILL | ENOMEM_ | EIO_, SUBJECT_DESCRIPTOR, 2 },
	{ "sendfile", SYS_sendfile, KILL | ENOMEM_ | EIO_, DESCRIPTOR },
	{ "sendmsg", SYS_sendmsg, KILL | ENOMEM_ | EINTR_, DESCRIPTOR },
	{ "sendto", SYS_sendto, KILL | ENOMEM_ | EINTR_, DESCRIPTOR },
	{ "recvmsg", SYS_recvmsg, ENOMEM_ | EINTR_, DESCRIPTOR },
	{ "recvfrom", SYS_recvfrom, ENOMEM_ | EINTR_, DESCRIPTOR },
	{ "fsync", SYS_fsync, KILL | ENOSPC_ | EIO_, DESCRIPTOR },
	{ "fdatasync", SYS_fdatasync, KILL | ENOSPC_ | EIO_, DESCRIPTOR },
	{ "ftruncate", SYS_ftruncate, KILL | EIO_ | EINTR_, DESCRIPTOR },
	{ "fallocate", SYS_fallocate, KILL | ENOSPC_ | EIO_ | EINTR_, DESCRIPTOR },
	{ "rename", SYS_rename, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(0) },
	{ "renameat", SYS_renameat, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(1) },
	{ "renameat2", SYS_renameat2, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(1) },
	{ "open", SYS_open, KILL | ENOSPC_ | EIO_ | EMFILE_ | ENOMEM_, PATH(0) },
	{ "openat", SYS_openat, KILL | ENOSPC_ | EIO_ | EMFILE_ | ENOMEM_, PATH(1) },
	{ "unlink", SYS_unlink, KILL | EIO_ | ENOMEM_, PATH(0) },
	{ "unlinkat", SYS_unlinkat, KILL | EIO_ | ENOMEM_, PATH(1) },
	{ "mkdir", SYS_mkdir, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(0) },
	{ "mkdirat", SYS_mkdirat, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(1) },
	{ "rmdir", SYS_rmdir, KILL | EIO_ | ENOMEM_, PATH(0) },
	{ "symlink", SYS_symlink, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(1) },
	{ "symlinkat", SYS_symlinkat, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(2) },
	{ "linkat", SYS_linkat, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(3) },
	{ "fchmod", SYS_fchmod, KILL | EIO_ | ENOMEM_, DESCRIPTOR },
	{ "fchmodat", SYS_fchmodat, KILL | EIO_ | ENOMEM_, PATH(1) },
	{ "fchown", SYS_fchown, KILL | ENOSPC_ | EIO_ | ENOMEM_, DESCRIPTOR },
	{ "fchownat", SYS_fchownat, KILL | ENOSPC_ | EIO_ | ENOMEM_, PATH(1) },
	{ "utimensat", SYS_utimensat, KILL | EIO_ | ENOMEM_, PATH(1) },
	{ "syncfs", SYS_syncfs, KILL | ENOSPC_ | EIO_, DESCRIPTOR },
	{ "fork", SYS_fork, KILL | ENOMEM_, NOTHING },
	{ "vfork", SYS_vfork, KILL | ENOMEM_, NOTHING },
	{ "clone", SYS_clone, KILL | ENOMEM_, NOTHING },
	{ "clone3", SYS_clone3, KILL | ENOMEM_, NOTHING },
	{ "execve", SYS_execve, KILL | EIO_ | ENOMEM_ | EMFILE_, PATH(0) },
	{ "flock", SYS_flock, KILL | EINTR_, DESCRIPTOR },
	{ "read", SYS_read, EIO_ | EINTR_, DESCRIPTOR },
	{ "pread64", SYS_pread64, EIO_ | EINTR_, DESCRIPTOR },
	{ "fstat", SYS_fstat, EIO_ | ENOMEM_, DESCRIPTOR },
	{ "stat", SYS_stat, EIO_ | ENOMEM_, PATH(0) },
	{ "lstat", SYS_lstat, EIO_ | ENOMEM_, PATH(0) },
	{ "newfstatat", SYS_newfstatat, EIO_ | ENOMEM_, PATH(1) },
	{ "statx", SYS_statx, EIO_ | ENOMEM_, PATH(1) },
	{ "access", SYS_access, EIO_ | ENOMEM_, PATH(0) },
	{ "faccessat", SYS_faccessat, EIO_ | ENOMEM_, PATH(1) },
	{ "faccessat2", SYS_faccessat2, EIO_ | ENOMEM_, PATH(1) },
	{ "readlink", SYS_readlink, EIO_ | ENOMEM_, PATH(0) },
	{ "fstatfs", SYS_fstatfs, EIO_ | ENOMEM_, DESCRIPTOR },
	{ "getdents64", SYS_getdents64, EIO_, DESCRIPTOR },
	{ "chdir", SYS_chdir, EIO_ | ENOMEM_, PATH(0) },
	{ "mmap", SYS_mmap, ENOMEM_, SUBJECT_DESCRIPTOR, 4 },
	{ "pipe2", SYS_pipe2, EMFILE_, NOTHING },
	{ "dup2", SYS_dup2, EINTR_, DESCRIPTOR },
	{ "dup3", SYS_dup3, EINTR_, DESCRIPTOR },
	{ "fcntl", SYS_fcntl, EMFILE_, DESCRIPTOR },
	{ "socketpair", SYS_socketpair, EMFILE_ | ENOMEM_, NOTHING },
	{ "memfd_create", SYS_memfd_create, EMFILE_ | ENOMEM_, NOTHING },
	{ "inotify_init1", SYS_inotify_init1, EMFILE_ | ENOMEM_, NOTHING },
	{ "inotify_add_watch", SYS_inotify_add_watch, ENOSPC_ | ENOMEM_, PATH(1) },
	{ "signalfd4", SYS_signalfd4, EMFILE_ | ENOMEM_, NOTHING },
	{ "poll", SYS_poll, EINTR_ | ENOMEM_, NOTHING },
	{ "ppoll", SYS_ppoll, EINTR_ | ENOMEM_, NOTHING },
	{ "wait4", SYS_wait4, EINTR_, NOTHING },
	{ "clock_nanosleep", SYS_clock_nanosleep, EINTR_, NOTHING },
};

static const struct {
	const char *name;
	enum point_kind kind;
	int errnum;
} kinds[] = {
	{ "kill", POINT_KILL, 0 },          { "ENOSPC", POINT_ENOSPC, ENOSPC }, { "EIO", POINT_EIO, EIO },
	{ "EMFILE", POINT_EMFILE, EMFILE }, { "ENOMEM", POINT_ENOMEM, ENOMEM }, { "EINTR", POINT_EINTR, EINTR },
};

unsigned point_kind_parse(const char *name, int *ret_errno)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*ret_errno = kinds[i].errnum;
			return kinds[i].kind;
		}
	return 0;
}

const struct call *call_find(long number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

const struct call *call_find_name(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return &calls[i];
	return NULL;
}

static bool creates(const struct call_made *made)
{
	return (made->arguments[made->call->argument + 1] & O_CREAT) != 0;
}

static void read_string(pid_t pid, uint64_t address, char *ret, size_t size)
{
	struct iovec local = { ret, size - 1 };
	struct iovec remote = { (void *)(uintptr_t)address, size - 1 };
	ssize_t length = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (length < 0) { /* the end of the page may be the end of the mapping */
		local.iov_len = remote.iov_len = 4096 - (address & 4095);
		if (local.iov_len > size - 1)
			local.iov_len = remote.iov_len = size - 1;
		length = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	}
	ret[length > 0 ? length : 0] = '\0';
}

static void read_descriptor(pid_t pid, int fd, char *ret, size_t size)
{
	char path[64];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
	length = readlink(path, ret, size - 1);
	ret[length > 0 ? length : 0] = '\0';
}

void call_describe(const struct call_made *made, char *ret, size_t size)
{
	uint64_t argument = made->arguments[made->call->argument];

	ret[0] = '\0';
	if (made->call->subject == SUBJECT_PATH)
		read_string(made->pid, argument, ret, size);
	else if (made->call->subject == SUBJECT_DESCRIPTOR)
		read_descriptor(made->pid, (int)argument, ret, size);
}

/* Pipes, signals and what the kernel makes up are on no disk. */
static bool is_on_disk(const struct call_made *made)
{
	static const char *const elsewhere[] = { "/proc/", "/sys/", "/dev/null", "/dev/tty", "/dev/pts/" };
	char path[512];

	if (made->call->subject != SUBJECT_DESCRIPTOR)
		return true;
	call_describe(made, path, sizeof(path));
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strncmp(path, elsewhere[i], strlen(elsewhere[i])) == 0)
			return false;
	return path[0] == '/';
}

bool call_is_point(const struct call_made *made, enum point_kind kind)
{
	long number = made->call->number;

	if (!(made->call->points & kind))
		return false;
	if (number == SYS_open || number == SYS_openat)
		return (kind & (POINT_KILL | POINT_ENOSPC)) == 0 || creates(made);
	if (number == SYS_wait4)
		return (made->arguments[2] & WNOHANG) == 0; /* who does not wait is not interrupted */
	if (number == SYS_fcntl)
		return made->arguments[1] == F_DUPFD || made->arguments[1] == F_DUPFD_CLOEXEC;
	return (kind & (POINT_EIO | POINT_ENOSPC)) == 0 || is_on_disk(made);
}
