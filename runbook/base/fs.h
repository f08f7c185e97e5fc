// SPDX-License-Identifier: MIT
/*
 * Files and folders.
 *
 * Error messages name the path. What must survive a power cut is written with the functions that say "durable": the data is
 * synced first, then its name.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

enum { FS_MODE_FILE = 0600, FS_MODE_FOLDER = 0700 };

/* `folder/name`; just `name` if it is absolute or `folder` is empty. The caller frees it. */
char *fs_join(const char *folder, const char *name);

/* The folder part of a path (`.` if it has none), and the name behind the last slash. The caller frees the former. */
char *fs_folder_of(const char *path);
const char *fs_name_of(const char *path);

/* An absolute path with `.`, `..` and double slashes taken out by text alone: links are not followed. The caller frees it. */
char *fs_absolute(const char *path);

/* Whether something has that path. What cannot be looked for is an error: it must not be taken for missing. */
bool fs_look_for(const char *path, bool *ret_found, struct error *err);

/*
 * Opens an existing regular file for reading. A folder, FIFO or device is an ERROR_INPUT, and none of them can make it wait.
 * `ret_size` may be NULL.
 */
bool fs_open_regular(const char *path, int *ret_fd, off_t *ret_size, struct error *err);

/* Appends a regular file's content to `ret`; a file larger than `limit_bytes` is an ERROR_INPUT. */
bool fs_read_file(const char *path, size_t limit_bytes, struct strbuf *ret, struct error *err);

/* Writes everything, over short writes and EINTR. `path` is for the message. */
bool fs_write_all(int fd, const void *data, size_t length, const char *path, struct error *err);

/* fsync of an open file or folder. A failure is final: the data must be taken as lost, never synced again and believed. */
bool fs_sync(int fd, const char *path, struct error *err);
bool fs_sync_folder(const char *path, struct error *err);

/*
 * A file that appears whole or not at all, durably.
 *
 *	CLEANUP(fs_atomic_release) struct fs_atomic file = FS_ATOMIC_INIT;
 *	if (!fs_atomic_open(&file, path, FS_MODE_FILE, err) || !fs_write_all(file.fd, …) || !fs_atomic_commit(&file, err))
 *
 * It is written as a temporary file in the same folder. Without a commit, release removes that file and leaves what was there
 * before. An existing file is replaced; a path that is a folder is refused.
 */
struct fs_atomic {
	int fd;
	char *path;
	char *temporary;
};

#define FS_ATOMIC_INIT         \
	{                      \
		-1, NULL, NULL \
	}

bool fs_atomic_open(struct fs_atomic *file, const char *path, mode_t mode, struct error *err);
bool fs_atomic_commit(struct fs_atomic *file, struct error *err);
void fs_atomic_release(struct fs_atomic *file);

/* All of the above for data that is there already. */
bool fs_write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct error *err);

/*
 * Renames to a name that nobody has, or changes the places of two. False with errno: EEXIST if somebody has the name; EOPNOTSUPP if the file system
 * cannot exchange (NFS and many FUSE file systems). Where it cannot rename so either, it is looked before who has the name.
 */
bool fs_rename_new(int from_fd, const char *from, int to_fd, const char *to);
bool fs_exchange(int one_fd, const char *one, int other_fd, const char *other);

/* Makes a folder and those above it that are missing, all with `mode`, and syncs each folder that got a new entry. */
bool fs_make_folders(const char *path, mode_t mode, struct error *err);

/* Removes a folder with all that is in it, never following a link. A missing one is no error. */
bool fs_remove_tree(const char *path, struct error *err);

/*
 * Refuses (ERROR_REFUSED, naming the component) a path that somebody else could change, if we run as root: a component that is not
 * owned by root, is writable by others without the sticky bit, or is a link. Components that do not exist yet are fine. As
 * another user it always succeeds. `what` names the thing in the message: "package root".
 */
bool fs_check_owned_path(const char *path, const char *what, struct error *err);

/* The same for one file or folder that is open; `path` is for the message. */
bool fs_check_owned(const struct stat *st, const char *path, const char *what, struct error *err);

/* Whether what was looked at twice is the same file, and nobody wrote to it in between. */
bool fs_is_unchanged(const struct stat *then, const struct stat *now);
