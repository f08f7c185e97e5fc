// SPDX-License-Identifier: MIT
/*
 * What can be known to go wrong before the first step runs.
 */
#pragma once

#include "engine/run_context.h"

/* Finds script and interpreter of every step of this machine that is not done; all that are missing are reported together as ERROR_INPUT. */
bool preflight_check(struct run *run, struct error *err);
