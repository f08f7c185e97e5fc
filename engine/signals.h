// SPDX-License-Identifier: MIT
/*
 * Signals to the engine, taken in its poll loops (design section 7): HUP is nothing (the terminal is gone, the run goes on); the first INT lets the running step
 * finish; a second INT, and TERM, leave at once, while the step goes on under its supervisor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runbook/base/error.h"

struct signals {
	int fd;         /* signalfd: readable when there is something for signals_take() */
	int stop_after; /* the signal after which the run stops once the step has ended; 0: none */
	int leave;      /* the signal at which the engine leaves at once; 0: none */
	bool looks_on;  /* there is nothing to stop: the first INT leaves at once, too */
};

#define SIGNALS_INIT            \
	{                       \
		-1, 0, 0, false \
	}

/* Blocks HUP, INT and TERM for the rest of the program's life and ignores PIPE. */
bool signals_open(struct signals *signals, struct error *err);
void signals_release(struct signals *signals);

/* Takes what has come; returns false once the engine is to leave. */
bool signals_take(struct signals *signals);

/* The signal that stops or leaves the run; 0: none. */
int signals_number(const struct signals *signals);

/* Waits for `pause_ms` or until a signal that ends the run; returns false in the latter case. */
bool signals_pause(struct signals *signals, int64_t pause_ms);
