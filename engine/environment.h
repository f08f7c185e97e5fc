// SPDX-License-Identifier: MIT
/*
 * The environment of a step: a clean base, and what the step may want to know (design section 7). Nothing of the caller's environment
 * gets through but HOME, so that a run by hand, from cron and from systemd are the same.
 */
#pragma once

#include "engine/work_folder.h"
#include "runbook/base/strv.h"

struct environment_request {
	const struct strv *base; /* of environment_base() */
	const struct work_place *place;
	const struct work_folder *folder;
	const char *step_type;
	const char *ledger; /* its path: for the verbs that a step calls */
};

/* Appends NAME=VALUE items to `ret`: what is the same for all steps of a run. The user database may be far away, and is asked here only. */
void environment_base(struct strv *ret);

/* Appends all that a step gets. */
void environment_make(const struct environment_request *request, struct strv *ret);
