// SPDX-License-Identifier: MIT
/*
 * Makes ready, while a step runs, what the next one needs on the disk: its folders and the space of its outcome. To make files and to sync them takes longer than all
 * else that a short step costs; a step that is at work costs nobody's time.
 *
 * It is a guess: that this step will be done and the next one is due. If it is not, empty folders stay, and everything is made when it is needed.
 */
#pragma once

#include "engine/run_context.h"

/* What cannot be made is tried again by the attempt itself, which then says why. */
void ahead_make(struct run *run, uint32_t step);

/* False if something made ahead could not be synced: a sync is never tried again and believed. */
bool ahead_check(struct run *run, struct error *err);
