// SPDX-License-Identifier: MIT
#include "runbook/runbook_sequence.h"

#include "runbook/base/alloc.h"

enum { LINES_LIMIT = 1000000 };

void runbook_sequence_release(struct runbook_sequence *sequence)
{
	free(sequence->lines);
	*sequence = (struct runbook_sequence){ 0 };
}

static void keep_line(struct runbook_sequence *sequence, uint32_t number, unsigned line)
{
	if (number > LINES_LIMIT)
		return;
	while (sequence->count < number) {
		sequence->lines = xgrow(sequence->lines, sequence->count, &sequence->alloc, sizeof(*sequence->lines));
		sequence->lines[sequence->count++] = 0;
	}
	sequence->lines[number - 1] = line;
}

static unsigned first_line(const struct runbook_sequence *sequence, uint32_t number)
{
	return number <= sequence->count ? sequence->lines[number - 1] : 0;
}

void runbook_sequence_add(struct runbook_sequence *sequence, uint32_t number, const char *file, unsigned line,
			  struct problem_list *problems)
{
	unsigned first = first_line(sequence, number);

	if (number <= sequence->last && first) {
		problem_add(problems, file, line, "step %u stands twice, first in line %u; number the steps from 1 on",
			    number, first);
		return;
	}
	if (number <= sequence->last)
		problem_add(problems, file, line, "step %u stands behind step %u; number the steps from 1 on", number,
			    sequence->last);
	else if (number > sequence->last + 1)
		problem_add(problems, file, line, "step %u follows step %u; number the steps from 1 on, without a gap",
			    number, sequence->last);
	if (number > sequence->last)
		sequence->last = number;
	keep_line(sequence, number, line);
}
