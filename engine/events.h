// SPDX-License-Identifier: MIT
/*
 * What happens to a run, told to programs: a line of JSON per event into a file (-events), to standard output (-json), and to a command (-notify).
 *
 * The events and their members are those of runbook/schema/events.schema.json. Each run has `started` as its first and exactly one of `completed`,
 * `stepFailed`, `waiting`, `stopped` as its last, unless its engine is killed. The command gets those and `recovered`; file and output get
 * all. Nothing here can fail a run: trouble is told once, in a note. If nobody is to be told each call is one comparison.
 */
#pragma once

#include "engine/decide.h"
#include "engine/notify.h"

struct run;

struct events {
	int file;    /* -1: none */
	bool output; /* standard output, too */
	struct notify notify;
	unsigned sequence;      /* of the last event of this run */
	enum decision decision; /* the last one, which tells how the run ended … */
	uint32_t step;          /* … and where */
};

#define EVENTS_INIT                               \
	{                                         \
		.file = -1, .notify = NOTIFY_INIT \
	}

/* How a step was taken up that an earlier engine left. */
enum events_recovery {
	EVENTS_FOLLOWED,      /* it is still running */
	EVENTS_RECORDED,      /* it ended while nobody looked */
	EVENTS_UNKNOWN,       /* nobody can know how it ended */
	EVENTS_STARTED_AGAIN, /* its script had not begun */
};

/* The run is under way: opens what the request names, and tells `started`. */
void events_open(struct run *run);

/* An attempt begins. */
void events_step_started(struct run *run, const struct ledger_step *step, uint32_t attempt);

/* It has ended, as the ledger says; `attempt->number` is 0 if no script was run. */
void events_step_ended(struct run *run, const struct ledger_step *step, const struct ledger_attempt *attempt);

/* A step that an earlier engine left was taken up. */
void events_recovered(struct run *run, const struct ledger_step *step, enum events_recovery how);

/* What was decided about a step: kept for the end. */
void events_decided(struct run *run, enum decision decision, const struct ledger_step *step);

/* The run has ended; `err` is not set if it did all that was asked. Tells the last event. */
void events_close(struct run *run, const struct error *err);
