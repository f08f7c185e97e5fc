// SPDX-License-Identifier: MIT
#include "engine/supervisor/clone_into.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The caller waits, so one stack is enough. */
enum { STACK_BYTES = 64 * 1024 };
static _Alignas(16) char stack[STACK_BYTES];

/*
 * clone3(2). The child cannot return from a C function that the parent is still in: it gets its stack from the kernel and calls `child` from here. The numbers of the
 * call are those of linux/unistd.h; what the registers must hold is in syscall(2).
 */
#if defined(__x86_64__)
static long clone3_and_call(const struct clone_args *args, int (*child)(void *), void *context)
{
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[context], %%rdi\n\t"
			 "call *%[child]\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), [child] "r"(child), [context] "r"(context)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static long clone3_and_call(const struct clone_args *args, int (*child)(void *), void *context)
{
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);
	register long x8 __asm__("x8") = SYS_clone3;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, %[context]\n\t"
			 "blr %[child]\n\t"
			 "brk 1\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x1), "r"(x8), [child] "r"(child), [context] "r"(context)
			 : "x30", "memory");
	return x0;
}
#else
static long clone3_and_call(const struct clone_args *args, int (*child)(void *), void *context)
{
	(void)args;
	(void)child;
	(void)context;
	return -ENOSYS;
}
#endif

pid_t clone_into(int cgroup, int (*child)(void *context), void *context)
{
	const struct clone_args args = { .flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP,
					 .exit_signal = SIGCHLD,
					 .stack = (uintptr_t)stack,
					 .stack_size = STACK_BYTES,
					 .cgroup = (uint64_t)cgroup };
	long pid = cgroup < 0 ? -1 : clone3_and_call(&args, child, context);

	if (pid < 0)
		return clone(child, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, context);
	return (pid_t)pid;
}
