// SPDX-License-Identifier: MIT
/*
 * The manifest of a backed-up folder: what was in it, to the last mode and digest.
 *
 * A text file, one line per entry, fields separated by tabs; bytes below 0x20, 0x7f and backslashes in names are written \xNN:
 *
 *	runbook-backup 1
 *	target	/opt/shop/web
 *	d	0755	0	0	1700000000.000000000	.
 *	f	0644	0	0	1700000000.000000000	1234	SHA-256	app/shop.py
 *	l	0777	0	0	1700000000.000000000	TARGET	current
 *	end	SHA-256 of all lines before
 *
 * The first entry is the folder itself; without any entry there was none. The last line makes a manifest that was cut or changed no manifest.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "packages/digest.h"
#include "runbook/base/error.h"

enum manifest_kind { MANIFEST_FOLDER = 'd', MANIFEST_FILE = 'f', MANIFEST_LINK = 'l' };

struct manifest_item {
	enum manifest_kind kind;
	mode_t mode; /* permission bits, set-id and sticky too */
	uid_t uid;
	gid_t gid;
	struct timespec mtime;
	uint64_t bytes;                /* of a file */
	char sha256[DIGEST_TEXT_SIZE]; /* of a file */
	char *link;                    /* where a link leads; else NULL */
	char *path;                    /* below the folder; "." for itself */
	bool seen;                     /* for who compares a tree with it */
};

struct manifest {
	char *target; /* absolute */
	struct manifest_item *items;
	size_t count;
	size_t alloc;
};

#define MANIFEST_INIT            \
	{                        \
		NULL, NULL, 0, 0 \
	}

void manifest_release(struct manifest *manifest);

#define CLEANUP_MANIFEST CLEANUP(manifest_release)

/* Appends an entry with what `st` says of it; the caller fills in bytes, digest and link. */
struct manifest_item *manifest_add(struct manifest *manifest, enum manifest_kind kind, const char *path,
				   const struct stat *st);

/* Prepares manifest_find(), which gives the entry of that path or NULL. */
void manifest_sort(struct manifest *manifest);
struct manifest_item *manifest_find(const struct manifest *manifest, const char *path);

/* Writes it whole and durable, or not at all. */
bool manifest_write(const struct manifest *manifest, const char *path, struct error *err);

/* ERROR_INPUT: there is none; ERROR_REFUSED: it is damaged. */
bool manifest_read(const char *path, struct manifest *ret, struct error *err);
