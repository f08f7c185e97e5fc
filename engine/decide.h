// SPDX-License-Identifier: MIT
/*
 * What to do with the step that is next. Pure: from the step's state and what was asked, without looking anywhere.
 */
#pragma once

#include "engine/run.h"

enum decision {
	DECIDE_RUN,         /* a first attempt, or the one that was asked for again */
	DECIDE_RETRY,       /* another attempt of a failed step, after a pause */
	DECIDE_BUILT_IN,    /* the engine does it itself */
	DECIDE_SKIP_BACKUP, /* -backup=false */
	DECIDE_RESUME,      /* interrupted, and -autoresume allows it to be run again */
	DECIDE_CHECK_FILES, /* never decided here: the files of its service model are to be checked first */
	DECIDE_FINISH,      /* the last step asked for is done */
	DECIDE_STOP_ASKED,  /* never decided here: a signal asked the run to stop */
	DECIDE_STOP_FAILED,
	DECIDE_STOP_UNKNOWN, /* interrupted: somebody has to decide */
	DECIDE_STOP_RUNNING, /* in progress although everything was settled: of another machine's ledger */
	DECIDE_WAIT_MANUAL,
	DECIDE_WAIT_MACHINE,
	DECIDE_WAIT_RESTART, /* never decided here: a step asked for a restart of the machine */
};

/* `step` is the first step that is not done, or with executestep the step that was named; NULL if there is none. */
enum decision decide(const struct ledger_step *step, const struct run_request *request);

/* Whether something further would be done. */
bool decision_goes_on(enum decision decision);

/* The pause before the next attempt of a step that has failed `failed_count` times: doubles each time, five minutes at most. */
int64_t decide_pause_ms(const struct run_request *request, uint32_t failed_count);
