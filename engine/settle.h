// SPDX-License-Identifier: MIT
/*
 * What became of an attempt that the ledger says is in progress (the table of design section 7): told from what is on disk and from locks, never from a
 * process id.
 */
#pragma once

#include "engine/supervisor/outcome.h"

/* What is on disk. */
struct settle_facts {
	bool folder; /* the attempt's folder is there: it was made before the attempt was recorded */
	bool locked; /* somebody holds the lock: the supervisor lives */
	bool started;
	bool outcome;
};

enum settle_verdict {
	SETTLE_NEVER_RAN, /* the script did not start: the same attempt can be run */
	SETTLE_RUNNING,   /* to be adopted */
	SETTLE_FINISHED,  /* its outcome is to be recorded */
	SETTLE_LOST,      /* nobody can know */
};

/* The table itself. Pure. */
enum settle_verdict settle_judge(const struct settle_facts *facts);

/* Looks at an attempt's folder. The lock is looked at first: once it is free, the files do not change any more. */
bool settle_look(const char *attempt_folder, struct settle_facts *ret, struct error *err);
