// SPDX-License-Identifier: MIT
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "packages/cage_rules.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/* The numbers of x32, a second set of calls on x86-64, start here. */
#define OTHER_CALLS 0x40000000

/*
 * What is never needed. No list of what is allowed: that would depend on the C library, the sanitizers, the version of libarchive.
 */
static const unsigned short forbidden[] = {
	/* the network, and what could stand for it */
	SYS_socket,
	SYS_socketpair,
	SYS_connect,
	SYS_bind,
	SYS_listen,
	SYS_io_uring_setup,
	/* other programs and processes */
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_pidfd_open,
	SYS_pidfd_getfd,
	SYS_pidfd_send_signal,
	SYS_shmget,
	SYS_msgget,
	SYS_semget,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	/* other files, and files that are none */
	SYS_mknodat,
	SYS_symlinkat,
	SYS_linkat,
	SYS_renameat2,
	SYS_unlinkat,
	SYS_fchown,
	SYS_fchownat,
	SYS_truncate,
	SYS_open_by_handle_at,
	/* other views of the system */
	SYS_mount,
	SYS_umount2,
	SYS_move_mount,
	SYS_open_tree,
	SYS_fsopen,
	SYS_pivot_root,
	SYS_chroot,
	SYS_unshare,
	SYS_setns,
	/* the deeper parts of the kernel */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_init_module,
	SYS_finit_module,
	SYS_kexec_load,
	SYS_reboot,
	SYS_swapon,
#ifdef __x86_64__
	/* the older forms of the above */
	SYS_mknod,
	SYS_symlink,
	SYS_link,
	SYS_rename,
	SYS_renameat,
	SYS_unlink,
	SYS_rmdir,
	SYS_chown,
	SYS_lchown,
#endif
};

/* Allowed if the first argument is the process itself: so it ends when it gives up. */
static const unsigned short signals[] = { SYS_kill, SYS_tkill, SYS_tgkill };

enum {
	FORBIDDEN = sizeof(forbidden) / sizeof(forbidden[0]),
	SIGNALS = sizeof(signals) / sizeof(signals[0]),
	HEAD = 5,
	TAIL = 5,
	LENGTH = HEAD + SIGNALS + FORBIDDEN + TAIL,
	/* where the tail's parts are */
	CHECK_PROCESS = LENGTH - 4,
	FORBID = LENGTH - 2,
};

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

/* Goes on at `target` if the value that was loaded compares so; `at` is where this instruction stands. */
static struct sock_filter go_if(unsigned short comparison, unsigned value, size_t at, size_t target)
{
	return (struct sock_filter)BPF_JUMP((unsigned short)(BPF_JMP | comparison | BPF_K), value,
					    (unsigned char)(target - at - 1), 0);
}

static struct sock_filter end_with(unsigned action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

static void make_filter(struct sock_filter filter[static LENGTH])
{
	size_t n = 0;

	filter[n++] = load(offsetof(struct seccomp_data, arch));
	filter[n] = go_if(BPF_JEQ, ARCHITECTURE, n, n + 2);
	filter[++n] = end_with(SECCOMP_RET_KILL_PROCESS);
	filter[++n] = load(offsetof(struct seccomp_data, nr));
	n++;
	filter[n] = go_if(BPF_JGE, OTHER_CALLS, n, FORBID);
	n++;
	for (size_t i = 0; i < SIGNALS; i++, n++)
		filter[n] = go_if(BPF_JEQ, signals[i], n, CHECK_PROCESS);
	for (size_t i = 0; i < FORBIDDEN; i++, n++)
		filter[n] = go_if(BPF_JEQ, forbidden[i], n, FORBID);
	filter[n++] = end_with(SECCOMP_RET_ALLOW);
	filter[n++] = load(offsetof(struct seccomp_data, args[0]));
	filter[n] = go_if(BPF_JEQ, (unsigned)getpid(), n, n + 2);
	filter[++n] = end_with(SECCOMP_RET_ERRNO | EPERM);
	filter[++n] = end_with(SECCOMP_RET_ALLOW);
}

bool cage_restrict_calls(struct error *err)
{
	struct sock_filter filter[LENGTH];
	const struct sock_fprog program = { .len = LENGTH, .filter = filter };

	if (!ARCHITECTURE || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		return true;
	make_filter(filter);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 && errno != EINVAL)
		return error_set_errno(err, errno, "cannot lock the unpacking process in (seccomp)");
	return true;
}
