// SPDX-License-Identifier: MIT
/*
 * What a step runs: ScriptToExecute of a runbook, StopScript, UpdateScript … of a service model, BackupScript of a topology.
 *
 * Plain data: strings are owned by the struct and are never NULL once it is initialised by its reader or by the plan.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/cleanup.h"

/* A sub-step of a DynamicStepDefinition. */
struct sub_step {
	char *name;
	char *group;
	char *file_name;
	char *description;
};

struct script {
	bool present;    /* the element was there */
	unsigned line;   /* where, for messages; 0 if unknown */
	char *file_name; /* as written, backslashes and all; "" = none */
	bool automated;  /* false: somebody has to do what `description` says */
	char *description;
	unsigned retry_count;       /* further attempts after the first */
	unsigned timeout_min;       /* minutes; 0 = none */
	bool own_process;           /* InvokeWithPowershellProcess: read and kept; we always use a process */
	bool no_auto_resume;        /* DoNotAutoResume */
	struct sub_step *sub_steps; /* DynamicStepDefinition */
	size_t sub_step_count;
	char *unknown_xml; /* elements we do not know, as XML text, in their order */
};

void script_init(struct script *script);

/* Makes "" of each string that is still NULL: for readers, which set most of them anyway. */
void script_fill(struct script *script);
void script_release(struct script *script);
void script_drop_sub_steps(struct script *script);
void script_copy(struct script *ret, const struct script *from);

/* Whether it makes a step at all: not (no file name, not automated, no description). */
bool script_is_empty(const struct script *script);
