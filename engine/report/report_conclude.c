// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "engine/report/report.h"
#include "runbook/base/alloc.h"

/* ---- Waiting and working --------------------------------------------------------------------------------- */

struct span {
	int64_t begin_ns;
	int64_t end_ns;
	struct report_attempt *attempt; /* NULL: of another machine */
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
}

/* Everything that ran and has times, by its beginning. The caller frees it. */
static struct span *list_spans(struct report *report, size_t *ret_count)
{
	struct span *spans = xcalloc(report->attempt_count + report->decision_count + 1, sizeof(*spans));
	size_t count = 0;

	for (size_t i = 0; i < report->attempt_count; i++) {
		struct report_attempt *attempt = &report->attempts[i];

		spans[count++] = (struct span){ attempt->started_ns,
						attempt->ended_ns ? attempt->ended_ns : attempt->started_ns, attempt };
	}
	for (size_t i = 0; i < report->decision_count; i++) {
		const struct report_decision *decision = &report->decisions[i];

		if (decision->begin_ns)
			spans[count++] = (struct span){ decision->begin_ns, decision->end_ns, NULL };
	}
	qsort(spans, count, sizeof(*spans), compare_spans);
	*ret_count = count;
	return spans;
}

static void note_time(struct report *report, int64_t wall_ns)
{
	if (!report->begin_ns || wall_ns < report->begin_ns)
		report->begin_ns = wall_ns;
	if (wall_ns > report->end_ns)
		report->end_ns = wall_ns;
}

/* Clocks may have been set meanwhile: what would be less than nothing is nothing. */
static void measure(struct report *report)
{
	size_t count;
	CLEANUP_FREE struct span *spans = list_spans(report, &count);
	int64_t busy_until = 0;

	for (size_t i = 0; i < count; i++) {
		const struct span *span = &spans[i];
		int64_t from = span->begin_ns > busy_until ? span->begin_ns : busy_until;

		if (span->attempt && busy_until && span->begin_ns > busy_until)
			span->attempt->waited_ns = span->begin_ns - busy_until;
		if (span->end_ns > from)
			report->working_ns += span->end_ns - from;
		if (span->end_ns > busy_until)
			busy_until = span->end_ns;
		note_time(report, span->begin_ns);
		note_time(report, span->end_ns);
	}
	for (size_t i = 0; i < report->decision_count; i++)
		if (report->decisions[i].kind != OVERRIDE_IMPORTED)
			note_time(report, report->decisions[i].time_ns);
}

/* ---- Outcome --------------------------------------------------------------------------------------------- */

static enum report_outcome conclude_outcome(const struct report *report)
{
	const struct report_step *next;

	if (!report->next_step)
		return REPORT_COMPLETED;
	next = report_step_get(report, report->next_step);
	switch (next->state) {
	case STATE_IN_PROGRESS:
		return REPORT_UNDER_WAY;
	case STATE_FAILED:
		return REPORT_FAILED;
	case STATE_TIMED_OUT:
		return REPORT_TIMED_OUT;
	case STATE_INTERRUPTED:
		return REPORT_UNKNOWN;
	default:
		if (!report->begin_ns)
			return REPORT_NOT_STARTED;
		return next->automated || step_type_is_built_in(next->type) ? REPORT_UNFINISHED : REPORT_WAITING;
	}
}

/* ---- What took longest ----------------------------------------------------------------------------------- */

static void set_durations(struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++) {
		struct report_step *step = &report->steps[i];

		if (step->attempts.count)
			step->duration_ns =
				report->attempts[step->attempts.first + step->attempts.count - 1].duration_ns;
	}
}

/* Puts a step into the list where it belongs; the list is short. */
static void rank(struct report *report, uint32_t index)
{
	int64_t duration_ns = report->steps[index].duration_ns;
	size_t at = report->longest_count;

	if (duration_ns <= 0)
		return;
	while (at > 0 && report->steps[report->longest[at - 1]].duration_ns < duration_ns)
		at--;
	if (at == REPORT_LONGEST)
		return;
	if (report->longest_count < REPORT_LONGEST)
		report->longest_count++;
	for (size_t i = report->longest_count - 1; i > at; i--)
		report->longest[i] = report->longest[i - 1];
	report->longest[at] = index;
}

void report_conclude(struct report *report)
{
	measure(report);
	set_durations(report);
	report->outcome = conclude_outcome(report);
	report->longest = xcalloc(REPORT_LONGEST, sizeof(*report->longest));
	for (size_t i = 0; i < report->step_count; i++)
		rank(report, (uint32_t)i);
}
