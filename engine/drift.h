// SPDX-License-Identifier: MIT
/*
 * What a step rests on besides its script, and what may have changed since its last attempt: the program that interprets it. Its digest stands in the
 * record `started` of every attempt, so that nothing has to be looked up elsewhere when it is compared.
 */
#pragma once

#include <sys/stat.h>

#include "packages/digest.h"
#include "runbook/base/error.h"
#include "runbook/base/strv.h"

/* A program whose digest is known: it is computed once, and again if the file is not the same any more. */
struct drift_program {
	char *path;
	struct stat st;
	char digest[DIGEST_TEXT_SIZE];
};

struct drift {
	struct drift_program *items;
	size_t count;
	size_t alloc;
};

#define DRIFT_INIT         \
	{                  \
		NULL, 0, 0 \
	}

void drift_release(struct drift *drift);

/*
 * Gives what is to stand in `started` for a command as interpreter_resolve() makes it (behind `env` the program that it looks for); NULL for a program that
 * needs no interpreter. The caller frees it.
 */
bool drift_describe(struct drift *drift, const struct strv *argv, size_t first, char **ret, struct error *err);

/* What stands in the record of an earlier attempt; NULL if it is not there. The caller frees it. */
char *drift_read(const char *attempt_folder);

/*
 * Pure: whether the interpreter was another one then. *ret_what then tells what changed, with both digests: "the interpreter /usr/bin/python3 has changed
 * (SHA-256 …, now …)". What is not known has not changed.
 */
bool drift_compare(const char *then, const char *now, char **ret_what);

/* Pure: whether an earlier attempt, by its folder, was one of another package root. *ret_what then tells both. */
bool drift_compare_root(const char *attempt_folder_then, const char *root_now, char **ret_what);
