// SPDX-License-Identifier: MIT
/* How long the same steps took in the runbooks before. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/report/report.h"
#include "runbook/base/alloc.h"

/* So many runbooks back is compared at most: what is older says little, and the cost stays bounded. */
enum { COMPARE_RUNBOOKS = 20 };

struct comparison {
	struct report *report;
	struct report_step **sorted; /* the steps, by what makes them the same */
	size_t missing;              /* that have no earlier duration yet */
	const struct ledger_runbook *earlier;
	uint32_t *same; /* for each step of the earlier runbook the number of ours; 0: none */
	size_t same_count;
	size_t same_alloc;
};

/* The same script for the same purpose on the same machine. */
static int compare_identity(const struct report_step *a, const struct report_step *b)
{
	int order = strcmp(a->service_model, b->service_model);

	if (!order)
		order = strcmp(a->file_name, b->file_name);
	if (!order)
		order = (int)a->type - (int)b->type;
	if (!order)
		order = strcasecmp(a->machine, b->machine);
	return order;
}

static int compare_steps(const void *a, const void *b)
{
	const struct report_step *const *x = a, *const *y = b;
	int order = compare_identity(*x, *y);

	return order ? order : (int)((*x)->number > (*y)->number) - (int)((*x)->number < (*y)->number);
}

static int compare_key(const void *key, const void *item)
{
	const struct report_step *const *step = item;

	return compare_identity(key, *step);
}

/* The first of ours that is the same and has no earlier duration. A step that stands there twice is compared in its order. */
static struct report_step *find_same(const struct comparison *comparison, const struct ledger_step *step)
{
	const struct report_step key = { .service_model = step->service_model,
					 .file_name = step->file_name,
					 .type = step->type,
					 .machine = step->machine };
	size_t count = comparison->report->step_count;
	struct report_step **begin = comparison->sorted, **end = begin + count;
	struct report_step **found = bsearch(&key, begin, count, sizeof(*begin), compare_key);

	if (!found)
		return NULL;
	while (found > begin && compare_identity(&key, found[-1]) == 0)
		found--;
	while (found < end && compare_identity(&key, *found) == 0) {
		if ((*found)->earlier_ns == -1)
			return *found;
		found++;
	}
	return NULL;
}

static bool note_same(void *context, const struct ledger_step *step, struct error *err)
{
	struct comparison *comparison = context;
	struct report_step *same = step->state == STATE_COMPLETED ? find_same(comparison, step) : NULL;

	(void)err;
	comparison->same =
		xgrow(comparison->same, comparison->same_count, &comparison->same_alloc, sizeof(*comparison->same));
	comparison->same[comparison->same_count++] = same ? same->number : 0;
	if (same)
		same->earlier_ns = 0;
	return true;
}

static bool take_duration(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct comparison *comparison = context;
	uint32_t number = comparison->same[attempt->step - 1];
	struct report_step *step = number ? &comparison->report->steps[number - 1] : NULL;

	(void)err;
	if (!step || attempt->state != STATE_COMPLETED || attempt->duration_ns < 0)
		return true;
	free(step->earlier_id);
	step->earlier_id = xstrdup(comparison->earlier->id);
	step->earlier_ns = attempt->duration_ns;
	return true;
}

/* Steps that were the same, but said nothing about how long they took, are open again. */
static void count_missing(struct comparison *comparison)
{
	comparison->missing = 0;
	for (size_t i = 0; i < comparison->report->step_count; i++) {
		struct report_step *step = &comparison->report->steps[i];

		if (!step->earlier_id) {
			step->earlier_ns = -1;
			comparison->missing++;
		}
	}
}

static bool compare_with(struct ledger *ledger, struct comparison *comparison, struct error *err)
{
	const struct ledger_range steps = { .runbook = comparison->earlier->key, .first = 1 };
	const struct ledger_place all = { .runbook = comparison->earlier->key };

	comparison->same_count = 0;
	if (!ledger_step_each(ledger, steps, note_same, comparison, err) ||
	    !ledger_attempt_each(ledger, all, take_duration, comparison, err))
		return false;
	count_missing(comparison);
	return true;
}

/* The ids of the runbooks that were imported before, oldest first. */
static bool note_earlier(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	struct strv *ids = ((void **)context)[0];
	const struct report *report = ((void **)context)[1];

	(void)err;
	if (runbook->key < report->runbook.key && runbook->started_ns)
		strv_push(ids, runbook->id);
	return true;
}

static bool compare_all(struct ledger *ledger, struct comparison *comparison, const struct strv *ids, struct error *err)
{
	size_t last = ids->count > COMPARE_RUNBOOKS ? ids->count - COMPARE_RUNBOOKS : 0;

	for (size_t i = ids->count; i > last && comparison->missing; i--) {
		CLEANUP(ledger_runbook_release) struct ledger_runbook earlier = { 0 };

		if (!ledger_runbook_get(ledger, ids->items[i - 1], &earlier, err))
			return false;
		comparison->earlier = &earlier;
		if (!compare_with(ledger, comparison, err))
			return false;
	}
	return true;
}

bool report_compare(struct ledger *ledger, struct report *report, struct error *err)
{
	CLEANUP_FREE struct report_step **sorted = xcalloc(report->step_count + 1, sizeof(struct report_step *));
	struct comparison comparison = { .report = report, .sorted = sorted, .missing = report->step_count };
	CLEANUP_STRV struct strv ids = STRV_INIT;
	bool fine;

	for (size_t i = 0; i < report->step_count; i++)
		sorted[i] = &report->steps[i];
	qsort(sorted, report->step_count, sizeof(struct report_step *), compare_steps);
	fine = ledger_runbook_each(ledger, note_earlier, (void *[]){ &ids, report }, err) &&
	       compare_all(ledger, &comparison, &ids, err);
	free(comparison.same);
	return fine;
}
