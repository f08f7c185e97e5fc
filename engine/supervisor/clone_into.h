// SPDX-License-Identifier: MIT
/*
 * vfork, but into a control group.
 *
 * The child borrows our memory until it has become another program, so that nothing is copied however large we are, and it is born in the group, so that nothing it
 * forks ever escapes. The C library of Debian 12 has no function for this: posix_spawn learnt it with glibc 2.39.
 */
#pragma once

#include <sys/types.h>

/*
 * Runs `child` with `context` in a new process, on a stack of its own; it must exec or _exit, change nothing that we need, and not return. We wait until then. `cgroup` is
 * the open folder of a group, or -1. Where the kernel or the processor cannot put it there, it starts in ours. Returns -1 with errno if there is no process.
 */
pid_t clone_into(int cgroup, int (*child)(void *context), void *context);
