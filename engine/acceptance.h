// SPDX-License-Identifier: MIT
/*
 * What other runbooks have to say to one that is to be executed.
 */
#pragma once

#include "engine/run_context.h"

/*
 * ERROR_REFUSED: it is taken back by another runbook. Before its first step: the service models it updates may have been updated by runbooks that nobody has signed
 * off or taken back (of each service model the latest counts); that is ERROR_WAITING if the request asks for sign-offs, else it is told once.
 */
bool acceptance_check(struct run *run, struct error *err);
