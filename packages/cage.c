// SPDX-License-Identifier: MIT
#include "packages/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packages/cage_rules.h"

/* Folders that stay open while files are written (tree_writer.h), and some more. */
enum { DESCRIPTORS = 300, MEBIBYTE = 1024 * 1024 };

static bool cannot_enter(const char *what, struct error *err)
{
	return error_set_errno(err, errno, "cannot lock the unpacking process in (%s)", what);
}

static int compare_numbers(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* A lock of the parent that stayed open here would outlive the parent. */
static void close_others(const struct cage *cage)
{
	int kept[] = { STDERR_FILENO, cage->tree_fd, cage->kept[0], cage->kept[1] };
	unsigned start = 0;

	qsort(kept, sizeof(kept) / sizeof(kept[0]), sizeof(kept[0]), compare_numbers);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (kept[i] > (int)start)
			(void)close_range(start, (unsigned)kept[i] - 1, 0);
		if (kept[i] >= (int)start)
			start = (unsigned)kept[i] + 1;
	}
	(void)close_range(start, ~0U, 0);
}

/* The address space that the process has now; sanitizers and valgrind have reserved much more than they use. */
static uint64_t address_space(void)
{
	CLEANUP_FILE FILE *file = NULL;
	unsigned long pages = 0;

	/* What our parent has freed would come on top of the limit. */
	(void)malloc_trim(0);
	file = fopen("/proc/self/statm", "re");
	if (!file || fscanf(file, "%lu", &pages) != 1)
		return 0;
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool set_limit(__rlimit_resource_t resource, uint64_t soft, uint64_t hard, struct error *err)
{
	struct rlimit there;
	struct rlimit limit = { soft, hard };

	if (getrlimit(resource, &there) < 0)
		return cannot_enter("limits", err);
	/* A limit that is lower already stays. */
	if (there.rlim_max < limit.rlim_max)
		limit.rlim_max = there.rlim_max;
	if (limit.rlim_max < limit.rlim_cur)
		limit.rlim_cur = limit.rlim_max;
	if (setrlimit(resource, &limit) == 0)
		return true;
	/* valgrind lets nobody lower the hard limit of descriptors. */
	limit.rlim_max = there.rlim_max;
	return setrlimit(resource, &limit) == 0 ? true : cannot_enter("limits", err);
}

static bool set_limits(const struct cage *cage, uint64_t memory_bytes, struct error *err)
{
	return set_limit(RLIMIT_AS, memory_bytes, memory_bytes, err) &&
	       set_limit(RLIMIT_CPU, cage->cpu_seconds, cage->cpu_seconds + 1, err) &&
	       set_limit(RLIMIT_FSIZE, cage->file_bytes, cage->file_bytes, err) &&
	       set_limit(RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS, err) && set_limit(RLIMIT_CORE, 0, 0, err);
}

/* Nothing above the tree is in sight any more. Only root can, and in some containers not even root. */
static bool make_tree_the_root(const struct cage *cage, struct error *err)
{
	if (geteuid() != 0)
		return true;
	if (fchdir(cage->tree_fd) < 0)
		return cannot_enter("folder", err);
	if (chroot(".") < 0 && errno != EPERM)
		return cannot_enter("root", err);
	return true;
}

static bool drop_capabilities(struct error *err)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capset, &header, none) == 0 ? true : cannot_enter("capabilities", err);
}

bool cage_enter(const struct cage *cage, struct error *err)
{
	uint64_t memory_bytes = address_space() + cage->memory_bytes;

	close_others(cage);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return cannot_enter("privileges", err);
	return cage_restrict_files(cage->tree_fd, err) && make_tree_the_root(cage, err) && drop_capabilities(err) &&
	       set_limits(cage, memory_bytes, err) && cage_restrict_calls(err);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int signal_number = 1; signal_number < SIGRTMAX; signal_number++)
		(void)signal(signal_number, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

bool cage_fork(int (*run)(void *context), void *context, pid_t *ret, struct error *err)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return error_set_errno(err, errno, "cannot make a process");
	if (pid > 0) {
		*ret = pid;
		return true;
	}
	reset_signals();
	/* The parent may be gone before this takes effect. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != parent)
		_exit(ERROR_SYSTEM);
	_exit(run(context));
}

size_t cage_processors(void)
{
	cpu_set_t usable;

	return sched_getaffinity(0, sizeof(usable), &usable) == 0 ? (size_t)CPU_COUNT(&usable) : 1;
}

static bool ended_by(int signal_number, const struct cage *cage, struct error *err)
{
	if (signal_number == SIGXCPU)
		return error_set(err, ERROR_REFUSED,
				 "takes more than the limit of %u seconds of processor time to unpack",
				 cage->cpu_seconds);
	if (signal_number == SIGABRT)
		return error_set(
			err, ERROR_REFUSED,
			"the process that unpacks it gave up: more than the limit of %ju MiB of memory is needed, or "
			"the archive is made to do harm",
			(uintmax_t)(cage->memory_bytes / MEBIBYTE));
	return error_set(err, ERROR_REFUSED, "the process that unpacks it %s (%s); the archive may be made to do harm",
			 signal_number == SIGKILL ? "was killed" : "crashed", strsignal(signal_number));
}

bool cage_wait(pid_t pid, const struct cage *cage, int *ret_code, struct error *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set_errno(err, errno, "cannot wait for the process that unpacks");
	if (WIFSIGNALED(status))
		return ended_by(WTERMSIG(status), cage, err);
	*ret_code = WEXITSTATUS(status);
	return true;
}
