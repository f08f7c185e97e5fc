// SPDX-License-Identifier: MIT
/*
 * The writing of `started` and `outcome` (engine/supervisor/outcome.h) into an attempt's folder. Order is all that matters here: what these functions have
 * returned from survives a power cut.
 */
#pragma once

#include "engine/supervisor/outcome.h"

struct records {
	const char *path; /* of the attempt's folder; not owned */
	int folder;
	int outcome;
	int started;
	bool reserved_durably;
};

#define RECORDS_INIT                                       \
	{                                                  \
		.folder = -1, .outcome = -1, .started = -1 \
	}

/* Opens the folder, which must exist. `path` must outlive `ret`. */
bool records_open(struct records *ret, const char *path, struct error *err);

void records_release(struct records *records);

/*
 * Makes both files under other names: the space of `outcome`, so that a full disk cannot lose it, and of `started` what outlives this boot: `interpreter`, as drift_describe() gives
 * it, NULL if there is none.
 */
bool records_reserve(struct records *records, const char *interpreter, struct error *err);

/* Makes that durable ahead of time, so that records_start() has less to wait for. What may be in the space of `outcome` from long ago is overwritten on the disk by then. */
bool records_sync_reserved(struct records *records, struct error *err);

/* Opens what another process has reserved and synced. */
bool records_reopen(struct records *records, struct error *err);

/*
 * What was reserved becomes `started`, durably; the lines of `extra` are added, which are of use only while this boot lasts. If that fails, `started` is not there: the script has not
 * run, and the next engine knows it.
 */
bool records_start(struct records *records, const struct strbuf *extra, struct error *err);

/* Removes `started` again: the script is not to run after all. */
void records_take_back(const struct records *records);

/* Whether somebody wants the step to end. */
bool records_stop_asked(const struct records *records);

/*
 * Makes durable what the step handed over and then `outcome`, with the text of outcome_format(). If that fails there is none, and nobody will take a later look at it for one. The
 * space that was reserved then gets the name it deserves, which needs no sync: outcome_read() knows both.
 */
bool records_end(struct records *records, const struct strbuf *outcome, struct error *err);
