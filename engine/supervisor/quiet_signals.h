// SPDX-License-Identifier: MIT
/*
 * The signals of a supervisor and of its nursery: none ends them. Only the step's end, its deadline or a request to stop it may end a supervisor.
 */
#pragma once

/*
 * Ignores what a terminal, an admin or a closed pipe might send; all other signals are as the kernel makes them, whatever was inherited. Returns a descriptor that can be read,
 * without blocking, once a child has ended; -1 if there is none.
 */
int quiet_signals_begin(void);

/* In a child that is to become a program: as if nothing had been ignored or blocked. Only system calls. */
void quiet_signals_end(void);
