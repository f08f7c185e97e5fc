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

/* The same for a dry run, which records nothing: what would be skipped. Without -versioncheck it is nothing. */
struct version_skips;
bool version_look_ahead(struct run *run, struct version_skips **ret, struct error *err);

/* Why a step would be skipped; NULL: it would not. Lives as long as the skips. */
const char *version_skip_reason(struct version_skips *skips, const struct ledger_step *step);
void version_skips_free(struct version_skips *skips); /* NULL is fine */
