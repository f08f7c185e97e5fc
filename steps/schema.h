// SPDX-License-Identifier: MIT
/*
 * The ledger's schema as SQL text, version by version.
 *
 * Each version is a list of statements that leads from the version before to it; all that are missing run in one
 * transaction. A version that was released never changes: what is new is a new list, added at the end of the table in
 * schema.c with its own file and its own old ledger in the tests.
 *
 * What the schema enforces, whoever writes: a step's definition never changes once its runbook is sealed; attempts and overrides are
 * only appended; only a running attempt can end; only an ended one can be followed by another; states follow the table
 * Rule, which repeats steps/state.h; a step's state is what its last attempt or override says; the counters of a runbook
 * are right.
 */
#pragma once

enum {
	SCHEMA_APPLICATION_ID = 0x52424c47, /* "RBLG" */
	SCHEMA_VERSION = 5,                 /* user_version of a ledger that is up to date */
};

/* As columns of views: a time with seven fraction digits, as the document writes it, and seconds. Part of what never changes. */
#define TIME_TEXT(ns)                                                                                  \
	"strftime('%Y-%m-%dT%H:%M:%S', " ns " / 1000000000, 'unixepoch') || printf('.%07d+00:00', " ns \
	" % 1000000000 / 100)"
#define SECONDS(ns) "round(" ns " / 1e9, 3)"

/* The statements that make version `version` (1…SCHEMA_VERSION) out of the one before; ends with NULL. */
const char *const *schema_migration(int version);

/* steps/schema_version_N.c */
extern const char *const schema_version_1[];
extern const char *const schema_version_2[];
extern const char *const schema_version_3[];
extern const char *const schema_version_4[];
extern const char *const schema_version_5[];
