// SPDX-License-Identifier: MIT
/*
 * Extraction of an archive into a new folder, by the rules of design section 10.
 *
 * Zip (and nupkg), tar with gzip, xz, zstd or bzip2, and 7z; only these readers are enabled. They run in processes of their own that can do no harm (cage.h);
 * what they made is looked at again before it is put into place, and the digest of each file is kept with it (digest_list.h). The tree is written into a staging folder
 * beside the target, `.NAME.partial-XXXXXX`, name by name without following links, synced, and renamed once. A failure leaves nothing; a crash leaves a
 * staging folder that the next extraction into the same parent removes (it is locked while in use).
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct extract_limits {
	uint64_t entries;
	uint64_t file_bytes;
	uint64_t total_bytes;
	unsigned ratio; /* output bytes per archive byte, checked once 64 MiB have come out */
	unsigned depth; /* folders in a path */
	unsigned path_bytes;
	uint64_t memory_bytes; /* of each process that unpacks, beyond what the program has itself */
	unsigned seconds;      /* of waiting; 0: none. Processor time is limited always, by the archive's size. */
};

extern const struct extract_limits extract_default_limits;

struct extract_result {
	uint64_t files;
	uint64_t folders;
	uint64_t bytes;
	char *format; /* "zip", "tar.gz" …; owned */
};

void extract_result_release(struct extract_result *result);

/* How far it is. */
struct extract_progress {
	uint64_t files;
	uint64_t bytes; /* written */
	uint64_t done;  /* of `total`, in a unit of its own; total 0: not known */
	uint64_t total;
};

struct extract_request {
	const char *archive;
	const char *target;
	const struct extract_limits *limits;
	/* Called a few times a second, and at the end; may be NULL. */
	void (*on_progress)(void *context, const struct extract_progress *progress);
	void *context;
};

/*
 * Extracts `archive` to `target`, which must not exist; its parent must. Any entry that is refused refuses the whole archive: ERROR_REFUSED
 * with the entry's name (escaped for a terminal) and the reason for what policy forbids, ERROR_INPUT for what is damaged, of an
 * unsupported format or method (named) or no archive at all ("looks like HTML").
 */
bool extract_run(const struct extract_request *request, struct extract_result *ret, struct error *err);

/* The same without progress. */
bool extract_archive(const char *archive, const char *target, const struct extract_limits *limits,
		     struct extract_result *ret, struct error *err);
