// SPDX-License-Identifier: MIT
/*
 * The words that the writers of a report share. Pure.
 */
#pragma once

#include "engine/report/report.h"
#include "runbook/base/clock.h"
#include "runbook/base/strbuf.h"

/* "Completed", "Timed out", "Outcome unknown" … */
const char *report_state_word(enum step_state state);

/* The same for a step, with "by hand" where somebody said so. */
const char *report_step_word(const struct report_step *step);

/* One word in lower case for a state, of which a step's colour is made: good, bad, late, lost, skip, none, busy. */
const char *report_state_class(enum step_state state);

/* What somebody did: "set it to completed", "had it run again" … */
const char *report_decision_word(const struct report_decision *decision);

/* One sentence each: how the runbook stands, and at which step ("" if at none). */
void report_headline(const struct report *report, struct strbuf *ret);
void report_subline(const struct report *report, struct strbuf *ret);

/* The phase that a step is shown under: its type, where the built-in steps belong to Update. */
enum step_type report_phase(const struct report_step *step);
const char *report_phase_word(enum step_type phase);

/* `2026-11-21 02:46:38`, `02:46:38` if it is on the day the runbook began; "–" for 0. */
void report_time(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);
void report_time_of_day(const struct report *report, int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);

/* The same where it is told behind an earlier time. */
void report_time_behind(int64_t earlier_ns, int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE]);

/* For people; "–" for an unknown one. */
void report_duration(int64_t duration_ns, char ret[static CLOCK_TEXT_SIZE]);

/* Appends how much longer or shorter than in the runbook before: "shop-1: 3 min 05 s (+12 %)"; nothing if there is none. */
void report_difference(const struct report_step *step, struct strbuf *ret);

/* Whether an attempt failed in some way. */
bool report_is_trouble(enum step_state state);

/* The last attempt of a step that failed, or NULL. */
const struct report_attempt *report_last_trouble(const struct report *report, const struct report_step *step);

/* Whether somebody decided it about this run: not a state that came with a file. */
bool report_is_decision(const struct report_decision *decision);
