// SPDX-License-Identifier: MIT
/*
 * -versioncheck: what is installed already is not installed again, and nothing is replaced by something older.
 */
#pragma once

#include "engine/run_context.h"

/*
 * Compares, if the request asks for it, the version of each service model that the runbook installs on this machine with the installed one. Equal: its steps on this machine are
 * Skipped, and why is told and recorded. Lower: ERROR_REFUSED, every one listed, and nothing is changed. A service model of which this runbook has begun anything is
 * left alone: what is installed is then its own doing. Restore runbooks are not looked at.
 */
bool version_check(struct run *run, struct error *err);
