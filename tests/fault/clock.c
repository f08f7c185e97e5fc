// SPDX-License-Identifier: MIT
/*
 * Other clocks for the program, from outside (LD_PRELOAD): what depends on time is tested without waiting for it.
 *
 *	FAULT_BOOT_SPEED=N	the boot clock, and every wait that is limited by it, runs N times as fast
 *	FAULT_WALL_FILE=FILE	eight bytes, a signed number of nanoseconds that the wall clock is off; may change at any moment
 *
 *	FAULT_BOOT_FOLLOWS=1	the boot clock is off as much: the control
 *
 * A supervisor keeps them, being a fork of the engine. Steps have an environment of their own and live in real time.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

static int64_t boot_speed = 1;
static int64_t boot_start_ns;
static const volatile int64_t *wall_offset_ns;
static bool boot_follows;

static int64_t read_clock_ns(clockid_t id)
{
	struct timespec now = { 0 };

	(void)syscall(SYS_clock_gettime, id, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static struct timespec split(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
}

static void __attribute__((constructor)) set_up(void)
{
	const char *speed = getenv("FAULT_BOOT_SPEED");
	const char *file = getenv("FAULT_WALL_FILE");
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
	void *map = fd >= 0 ? mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (speed)
		boot_speed = strtoll(speed, NULL, 10);
	boot_follows = getenv("FAULT_BOOT_FOLLOWS") != NULL;
	boot_start_ns = read_clock_ns(CLOCK_BOOTTIME);
	if (map != MAP_FAILED)
		wall_offset_ns = map;
	if (fd >= 0)
		(void)close(fd);
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int64_t now_ns = read_clock_ns(id);

	if (id == CLOCK_BOOTTIME)
		now_ns = boot_start_ns + (now_ns - boot_start_ns) * boot_speed;
	if (wall_offset_ns && (id == CLOCK_REALTIME || (id == CLOCK_BOOTTIME && boot_follows)))
		now_ns += *wall_offset_ns;
	*ret = split(now_ns);
	return 0;
}

/* Rounded up: who wakes too early would only look at the clock and wait again. */
static int64_t shorten_ns(int64_t ns)
{
	return (ns + boot_speed - 1) / boot_speed;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec shorter;

	if (timeout)
		shorter = split(shorten_ns((int64_t)timeout->tv_sec * NS_PER_S + timeout->tv_nsec));
	return (int)syscall(SYS_ppoll, fds, count, timeout ? &shorter : NULL, mask, sizeof(uint64_t));
}
