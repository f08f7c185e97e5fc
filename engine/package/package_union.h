// SPDX-License-Identifier: MIT
/*
 * The files of several packages, by path. Internal to package_merge.c.
 */
#pragma once

#include "engine/package/package_view.h"
#include "runbook/base/problem.h"
#include "runbook/name_set.h"

struct union_file {
	char *path;
	size_t package; /* which one it is of */
	char sha256[DIGEST_TEXT_SIZE];
};

struct package_union {
	struct union_file *files;
	size_t count;
	size_t alloc;
	struct name_set *file_keys; /* folded path → index in files */
	struct name_set *folder_keys;
};

void package_union_init(struct package_union *all);
void package_union_release(struct package_union *all);

/*
 * Adds the files of a package but for the documents in its root that are merged. One that is there already, spelled in another case or not, must be the same; what differs is added to
 * `problems`, as is what no package may hold. `views` are all packages, for messages.
 */
bool package_union_add(struct package_union *all, const struct package_view *views, size_t package,
		       struct problem_list *problems, struct error *err);

/* Sorts by path. The keys are then of no use any more. */
void package_union_sort(struct package_union *all);
