// SPDX-License-Identifier: MIT
/*
 * Applying a payload: a folder becomes what some archives and folders hold, whole and in one moment, and can be taken back.
 *
 * The order is what makes it safe at every point: the backup of the target is complete and durable before anything else happens (packages/backup.h), the new
 * folder is complete and durable before it changes places with the target (packages/swap.h). Running it again after a crash leads to the same end.
 *
 * The new folder holds what the sources hold and nothing else. Owners and modes: what is in the target at the same path, and is of the same kind, keeps its
 * owner, group and permission bits, with the execute bits added that a program of the payload needs; what is new belongs to whom the folder it lies
 * in belongs to, with 0755 for folders and programs and 0644 for other files, but with nothing for group or others if the target gives them nothing. A target
 * that was not there belongs to the caller, 0755. Set-id bits are never kept.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"
#include "runbook/base/strv.h"

struct apply_request {
	const struct strv *sources; /* archives and folders; no file may be in two of them */
	const char *subfolder;      /* take only what is below this folder of each source; NULL: all */
	const char *target;
	const char *backup_folder;
};

struct apply_result {
	uint64_t files;
	uint64_t folders;
	uint64_t bytes;
	char *target;     /* absolute */
	char *backup;     /* its folder */
	bool was_there;   /* the target, before */
	bool backup_made; /* false: there was a complete one, which was kept */
};

void apply_result_release(struct apply_result *result);

/* Only makes the backup that apply_sources() would make, unless there is a complete one; `sources` and `subfolder` are not looked at. */
bool apply_backup(const struct apply_request *request, struct apply_result *ret, struct error *err);

/*
 * Applies the sources. Of a NuGet package its own files are left out: the .nuspec, [Content_Types].xml, _rels/.rels, .signature.p7s and
 * package/services/metadata. ERROR_INPUT: a source that is missing, damaged or has no such subfolder, a file in two sources, nothing at all;
 * ERROR_REFUSED: a link or device in a source, and what backup.h, extract.h and swap.h refuse. After a failure the target is what it was.
 */
bool apply_sources(const struct apply_request *request, struct apply_result *ret, struct error *err);

struct restore_result {
	char *target;
	char *backup;
	bool is_removed; /* there was no such folder before: it is gone */
};

void restore_result_release(struct restore_result *result);

/* Takes the last apply back: the target becomes what its complete backup says, to the last byte, owner and mode. */
bool apply_restore(const char *target, const char *backup_folder, struct restore_result *ret, struct error *err);
