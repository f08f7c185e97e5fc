// SPDX-License-Identifier: MIT
/*
 * The kernel's OOM killer, which ends processes when there is no memory left, on the machine or in a control group. It only counts whom it ends, so
 * somebody has to look before and after.
 */
#pragma once

#include <stdint.h>

/* All zero: nobody has looked. Times are those of the boot clock. */
struct oom_watch {
	uint64_t before; /* the count at least one pause before the last look, or at the beginning */
	uint64_t recent;
	int64_t looked_ns;
};

/*
 * Before the others, and again before each step: what was ended until now does not count, but for the last half a second if somebody looked then. To look takes longer than some steps.
 */
void oom_watch_begin(struct oom_watch *watch, int64_t now_ns);

/* Looks again if half a second has passed: what was killed long ago has nothing to do with what is killed now. */
void oom_watch_look(struct oom_watch *watch, int64_t now_ns);

/* How many processes of anybody were ended within the last one or two pauses; 0 where the kernel does not say. */
uint64_t oom_watch_count(const struct oom_watch *watch);
