// SPDX-License-Identifier: MIT
/*
 * Head, steps and logs of a runbook while they are read: filled in element by element, checked, handed to the handlers.
 */
#pragma once

#include "runbook/base/strbuf.h"
#include "runbook/runbook_fields.h"
#include "runbook/runbook_reader.h"
#include "runbook/runbook_sequence.h"

struct runbook_build {
	const struct runbook_handlers *handlers;
	const char *file; /* for messages */
	struct problem_list *problems;
	size_t problems_before;
	struct runbook_sequence sequence;
	bool is_head_done;
	bool has_step_list;
	unsigned root_line;
	struct runbook_head head;
	struct step step;
	struct runbook_log log;
	bool has_number; /* the step or log has its number, if a bad one */
	size_t sub_step_alloc;
	struct strbuf unknowns[PLACE_COUNT]; /* of root, step, script and log */
};

void runbook_build_init(struct runbook_build *build, const struct runbook_handlers *handlers, const char *file,
			struct problem_list *problems);
void runbook_build_release(struct runbook_build *build);

/* An element of ours begins. False if a handler wants no more. */
bool runbook_build_begin(struct runbook_build *build, enum runbook_place place, unsigned line);

/* It ends. False if a handler wants no more. */
bool runbook_build_end(struct runbook_build *build, enum runbook_place place);

/* The struct that its fields go to; NULL for lists. */
void *runbook_build_target(struct runbook_build *build, enum runbook_place place);

/* Where its unknown elements are collected as XML text; those of a list go to the root. */
struct strbuf *runbook_build_unknown(struct runbook_build *build, enum runbook_place place);

/* Forgets the sub-steps of the script: its DynamicStepDefinition is not ours. */
void runbook_build_drop_sub_steps(struct runbook_build *build);
