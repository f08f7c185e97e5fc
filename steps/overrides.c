// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "steps/ledger.h"
#include "steps/query.h"
#include "steps/rules.h"

/* The names are in ledgers and documents; those of events are also the events of the table Rule. */
static const char *const kind_names[] = {
	[OVERRIDE_SET_COMPLETE] = "SetComplete",   [OVERRIDE_RERUN] = "Rerun",
	[OVERRIDE_ACCEPT_CHANGE] = "AcceptChange", [OVERRIDE_SKIP] = "Skip",
	[OVERRIDE_IMPORTED] = "Imported",          [OVERRIDE_MERGED] = "Merged",
};

enum { KIND_COUNT = sizeof(kind_names) / sizeof(kind_names[0]) };

const char *override_kind_name(enum override_kind kind)
{
	return kind_names[kind];
}

void ledger_override_release(struct ledger_override *override)
{
	free(override->reason);
	free(override->user);
	free(override->detail);
	*override = (struct ledger_override){ 0 };
}

static enum override_kind read_kind(const struct query *query, int column)
{
	CLEANUP_FREE char *name = query_text(query, column);
	unsigned kind = 0;

	while (kind < KIND_COUNT - 1 && strcmp(kind_names[kind], name) != 0)
		kind++;
	return (enum override_kind)kind;
}

static struct ledger_override read_override(const struct query *query)
{
	return (struct ledger_override){
		.step = (uint32_t)query_int(query, 0),
		.kind = read_kind(query, 1),
		.state = (enum step_state)query_int(query, 2),
		.reason = query_text(query, 3),
		.user = query_text(query, 4),
		.detail = query_text(query, 5),
		.time_ns = query_int(query, 6),
		.after_attempt = (uint32_t)query_int(query, 7),
	};
}

/* `standing` is that before it, but for the state: that is the one behind it. */
static bool insert_override(struct ledger *ledger, int64_t runbook, const struct ledger_override *override,
			    const struct step_standing *standing, struct error *err)
{
	CLEANUP_FREE char *reason = mask_string(override->reason ? override->reason : "");
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_OVERRIDE_INSERT, err))
		return false;
	query_bind_int(&query, step_key(runbook, override->step));
	query_bind_int(&query, standing->override_count + 1);
	query_bind_int(&query, standing->attempt_count);
	query_bind_text(&query, kind_names[override->kind]);
	query_bind_int(&query, standing->state);
	query_bind_text(&query, reason);
	query_bind_text(&query, override->user);
	query_bind_text(&query, override->detail);
	query_bind_int(&query, override->time_ns);
	return query_run(&query, err);
}

/* What each kind is in the state table; EVENT_COUNT: nothing, it says the state itself or leaves it. */
static const enum step_event events[KIND_COUNT] = {
	[OVERRIDE_SET_COMPLETE] = EVENT_SET_COMPLETE,
	[OVERRIDE_RERUN] = EVENT_RERUN,
	[OVERRIDE_ACCEPT_CHANGE] = EVENT_COUNT,
	[OVERRIDE_SKIP] = EVENT_SKIP,
	[OVERRIDE_IMPORTED] = EVENT_COUNT,
	[OVERRIDE_MERGED] = EVENT_COUNT,
};

/* Brings the state from that before an override to that behind it, if it is allowed. */
static bool change_state(const struct ledger_override *override, struct step_standing *standing, struct error *err)
{
	enum step_event event = events[override->kind];

	/* A step that says of itself that it is to be skipped does so by ending its attempt. */
	if (standing->state == STATE_IN_PROGRESS)
		return error_set(err, ERROR_REFUSED,
				 "step %" PRIu32 " is running: nothing can be overridden until it has ended",
				 override->step);
	if (event != EVENT_COUNT)
		return step_allows(override->step, standing, event, err) &&
		       state_next(standing->state, event, &standing->state);
	if (override->kind != OVERRIDE_ACCEPT_CHANGE)
		standing->state = override->state;
	return true;
}

static bool is_complete(const struct ledger_override *override, struct error *err)
{
	if (override->kind == OVERRIDE_SKIP && (!override->reason || !*override->reason))
		return error_set(err, ERROR_REFUSED, "step %" PRIu32 " cannot be skipped without a reason",
				 override->step);
	if (override->kind == OVERRIDE_ACCEPT_CHANGE && (!override->detail || !*override->detail))
		return error_set(err, ERROR_REFUSED, "step %" PRIu32 ": no digest of a script to accept",
				 override->step);
	return true;
}

bool ledger_override_add(struct ledger *ledger, int64_t runbook, const struct ledger_override *override,
			 struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;
	struct step_standing standing;

	return is_complete(override, err) && change_begin(&change, ledger, err) &&
	       step_standing(ledger, runbook, override->step, &standing, err) &&
	       change_state(override, &standing, err) && insert_override(ledger, runbook, override, &standing, err) &&
	       change_commit(&change, err);
}

/* As sha256sum writes it; the digest of a script, alone, has no space behind it. */
char *ledger_file_detail(const struct ledger_file *file)
{
	return xasprintf("%s  %s", file->digest, file->path);
}

bool ledger_file_is_accepted(struct ledger *ledger, const struct ledger_file *file, bool *ret, struct error *err)
{
	CLEANUP_FREE char *detail = ledger_file_detail(file);
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_OVERRIDE_ACCEPTED, err))
		return false;
	query_bind_int(&query, file->runbook);
	query_bind_text(&query, detail);
	if (!query_row(&query, &found, err))
		return false;
	*ret = query_int(&query, 0) != 0;
	return true;
}

bool ledger_override_each(struct ledger *ledger, struct ledger_place place,
			  bool (*row)(void *context, const struct ledger_override *, struct error *), void *context,
			  struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_OVERRIDE_RANGE, err))
		return false;
	query_bind_int(&query, step_key(place.runbook, place.step));
	query_bind_int(&query, step_key(place.runbook, place.step ? place.step : UINT32_MAX));
	while (query_row(&query, &found, err) && found) {
		CLEANUP(ledger_override_release) struct ledger_override override = read_override(&query);

		if (!row(context, &override, err))
			return false;
	}
	return !error_is_set(err);
}
