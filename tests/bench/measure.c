// SPDX-License-Identifier: MIT
/*
 * Runs a command a number of times and tells of each run how long it took and how much memory it had: one line with seconds, peak
 * memory in KiB (of the largest process) and exit code. A small program of its own, because the kernel counts the memory of whoever
 * starts a process to that process.
 *
 * usage: measure RESULT-FILE RUNS COMMAND…
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run(char **command, FILE *result)
{
	struct rusage usage;
	pid_t child;
	int status;
	double start = now_seconds();

	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0 ||
	    wait4(child, &status, 0, &usage) != child) {
		perror(command[0]);
		return 1;
	}
	return fprintf(result, "%.9f %ld %d\n", now_seconds() - start, usage.ru_maxrss,
		       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)) < 0;
}

int main(int argc, char **argv)
{
	FILE *result = argc > 3 ? fopen(argv[1], "w") : NULL;

	if (!result)
		return 2;
	for (long runs = strtol(argv[2], NULL, 10); runs > 0; runs--)
		if (run(argv + 3, result) != 0)
			return 1;
	return fclose(result) != 0;
}
