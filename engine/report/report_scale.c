// SPDX-License-Identifier: MIT
#include "engine/report/report_scale.h"

#include <string.h>

/* A pause is folded if it is longer than this part of the time in which something ran. */
static const double fold_from = 0.15;

static int64_t length_of(const struct report_fold *fold)
{
	return fold->end_ns - fold->begin_ns;
}

static void drop_shortest(struct report_scale *scale)
{
	size_t shortest = 0;

	for (size_t i = 1; i < scale->fold_count; i++)
		if (length_of(&scale->folds[i]) < length_of(&scale->folds[shortest]))
			shortest = i;
	scale->fold_count--;
	memmove(&scale->folds[shortest], &scale->folds[shortest + 1],
		(scale->fold_count - shortest) * sizeof(scale->folds[0]));
}

/* Attempts come by step, but a step may have been run again after later ones: folds are kept by time. */
static void add_fold(struct report_scale *scale, const struct report_fold *fold)
{
	size_t at;

	if (scale->fold_count == REPORT_FOLDS) {
		struct report_fold *folds = scale->folds;
		size_t shorter = 0;

		for (size_t i = 0; i < scale->fold_count; i++)
			shorter += length_of(&folds[i]) < length_of(fold);
		if (!shorter)
			return;
		drop_shortest(scale);
	}
	at = scale->fold_count++;
	for (; at > 0 && scale->folds[at - 1].begin_ns > fold->begin_ns; at--)
		scale->folds[at] = scale->folds[at - 1];
	scale->folds[at] = *fold;
}

static void extend(struct report_scale *scale, int64_t begin_ns, int64_t end_ns)
{
	if (begin_ns && (!scale->begin_ns || begin_ns < scale->begin_ns))
		scale->begin_ns = begin_ns;
	if (end_ns > scale->end_ns)
		scale->end_ns = end_ns;
	if (begin_ns > scale->end_ns)
		scale->end_ns = begin_ns;
}

bool report_scale_make(const struct report *report, struct report_scale *ret)
{
	*ret = (struct report_scale){ 0 };
	for (size_t i = 0; i < report->decision_count; i++)
		extend(ret, report->decisions[i].begin_ns, report->decisions[i].end_ns);
	for (size_t i = 0; i < report->attempt_count; i++) {
		const struct report_attempt *attempt = &report->attempts[i];
		const struct report_fold pause = { attempt->started_ns - attempt->waited_ns, attempt->started_ns };

		extend(ret, attempt->started_ns, attempt->ended_ns);
		if ((double)attempt->waited_ns > (double)report->working_ns * fold_from)
			add_fold(ret, &pause);
	}
	return ret->end_ns > ret->begin_ns;
}

double report_scale_at(const struct report_scale *scale, int64_t wall_ns)
{
	int64_t shown = scale->end_ns - scale->begin_ns, passed;
	double folded = 0, room = 100 - REPORT_FOLD_WIDTH * (double)scale->fold_count;

	if (wall_ns < scale->begin_ns)
		wall_ns = scale->begin_ns;
	if (wall_ns > scale->end_ns)
		wall_ns = scale->end_ns;
	passed = wall_ns - scale->begin_ns;
	for (size_t i = 0; i < scale->fold_count; i++) {
		const struct report_fold *fold = &scale->folds[i];
		int64_t inside = wall_ns <= fold->begin_ns ? 0
				 : wall_ns >= fold->end_ns ? length_of(fold)
							   : wall_ns - fold->begin_ns;

		shown -= length_of(fold);
		passed -= inside;
		folded += REPORT_FOLD_WIDTH * (double)inside / (double)length_of(fold);
	}
	return folded + (shown > 0 ? room * (double)passed / (double)shown : 0);
}
