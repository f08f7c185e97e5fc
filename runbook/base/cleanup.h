// SPDX-License-Identifier: MIT
/*
 * Scope-bound release of owned locals.
 *
 * Every owned local is declared with one of these attributes on its first line, so that each return
 * releases it. Ownership leaves a scope only through TAKE(), which empties the local.
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Calls function(&variable) when the variable leaves its scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* Hands a pointer to a new owner and leaves NULL behind: `*ret = TAKE(local);` */
#define TAKE(pointer)                                 \
	__extension__({                               \
		__typeof__(pointer) *_p = &(pointer); \
		__typeof__(pointer) _v = *_p;         \
		*_p = NULL;                           \
		_v;                                   \
	})

/* Hands a descriptor to a new owner and leaves -1 behind. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void cleanup_free_(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_fd_(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void cleanup_file_(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static inline void cleanup_dir_(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* `CLEANUP_FREE char *name = NULL;` and so on. Errors of close are not seen here: whoever has written
 * something that must last calls fsync before the scope ends. */
#define CLEANUP_FREE CLEANUP(cleanup_free_)
#define CLEANUP_FD CLEANUP(cleanup_fd_)
#define CLEANUP_FILE CLEANUP(cleanup_file_)
#define CLEANUP_DIR CLEANUP(cleanup_dir_)
