// SPDX-License-Identifier: MIT
/*
 * How one runbook stands, step by step. Steps are written as they are read, so that a runbook of any length can be shown.
 */
#pragma once

#include <jansson.h>

#include "engine/commands/advice.h"
#include "engine/commands/command.h"

/* One line: id and counts. */
void status_print_line(const struct ledger_runbook *runbook);

/* The same as a JSON object with all that is known of the runbook as a whole. */
json_t *status_json_runbook(const struct ledger_runbook *runbook);

/* Where the parts of the lines are: who draws them may have to leave some out. */
struct status_marks {
	size_t body;  /* the first line behind the head of the table */
	size_t focus; /* the line that matters most: the step that is next, or its running sub-step */
	size_t tail;  /* the first line behind the table */
};

/* What is shown of a runbook, and where. */
struct status_view {
	size_t columns;             /* the terminal's, to which the table is cut; 0: no terminal, nothing is cut */
	struct strv *lines;         /* gets the lines, ready to be drawn; NULL: they are printed */
	struct status_marks *marks; /* of these lines */
	bool troubled_only;         /* of the steps only those that run or failed: quick however many there are */
	uint32_t first;             /* of the steps only first..last, without overrides; 0: all */
	uint32_t last;
};

/* Lines for people: head, one line per step with its overrides and the sub-steps of one that is not done below it, what to do next. */
bool status_print(const struct command_context *context, const struct ledger_runbook *runbook,
		  const struct status_view *view, struct error *err);

/* The same as one JSON object; with `summary` only the steps that run or failed, as "troubled". */
bool status_print_json(const struct command_context *context, const struct ledger_runbook *runbook, bool summary,
		       struct error *err);

/* Adds "next" and "troubled" to the object of a runbook as a whole. */
bool status_json_add_standing(const struct command_context *context, const struct ledger_runbook *runbook,
			      json_t *object, struct error *err);

/* Shows the runbook on the whole screen, again and again, until somebody presses q or interrupts. ERROR_USAGE: no terminal. */
bool status_watch(const struct command_context *context, const char *id, struct error *err);

/* What became of the runbook behind its last step: lines, and members of its JSON object. */
void status_acceptance_lines(const struct ledger_acceptance *acceptance, struct strv *ret);
void status_json_acceptance(const struct ledger_acceptance *acceptance, json_t *ret);

/* What to do next with it. */
struct status_outlook {
	bool has_next;
	struct ledger_step next; /* the first step that is not done, if there is one */
	struct advice advice;
};

void status_outlook_release(struct status_outlook *outlook);

/* Finds it out; to be released in any case. */
bool status_look_ahead(const struct command_context *context, const struct ledger_runbook *runbook,
		       struct status_outlook *ret, struct error *err);

/* All overrides of a runbook, ordered by step; those of one step oldest first. Filled by status_overrides_read(). */
struct status_overrides {
	struct ledger_override *items;
	size_t count;
	size_t alloc;
	size_t next; /* the first that was not handed out yet */
};

bool status_overrides_read(struct ledger *ledger, int64_t runbook, struct status_overrides *ret, struct error *err);
void status_overrides_release(struct status_overrides *overrides);

/* The next override of the step, or NULL; steps are asked for in ascending order. */
const struct ledger_override *status_overrides_take(struct status_overrides *overrides, uint32_t step);

/* The last attempt of a step; false if there is none (or an error, which is then set). */
bool status_last_attempt(struct ledger *ledger, int64_t runbook, const struct ledger_step *step,
			 struct ledger_attempt *ret, struct error *err);

/* How long an attempt took, or has been running; -1 if that is not known. */
int64_t status_duration_ns(const struct ledger_attempt *attempt);

/* The same of the last run of a sub-step. */
int64_t status_sub_step_duration_ns(const struct ledger_sub_step *sub_step);

/* The first step that is not done: *ret_found says whether there is one. */
bool status_next_step(struct ledger *ledger, int64_t runbook, struct ledger_step *ret, bool *ret_found,
		      struct error *err);
