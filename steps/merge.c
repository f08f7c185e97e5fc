// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/runbook_reader.h"
#include "runbook/topology.h"
#include "steps/detail.h"
#include "steps/query.h"
#include "steps/recorder.h"
#include "steps/transfer.h"

struct merge {
	struct ledger *ledger;
	const struct merge_request *request;
	int64_t runbook;
	char *reason;
	uint32_t *taken; /* numbers of the steps */
	size_t taken_count;
	size_t taken_alloc;
	bool is_sorted;
	struct problem_list problems; /* of the steps; those of the document are the reader's */
	struct error *err;            /* a handler has set it if it stopped the reader */
};

static void merge_release(struct merge *merge)
{
	free(merge->reason);
	free(merge->taken);
	problem_list_release(&merge->problems);
}

static bool on_head(void *context, struct runbook_head *head)
{
	struct merge *merge = context;

	if (strcmp(head->runbook_id, merge->request->runbook_id) == 0)
		return true;
	return error_set(merge->err, ERROR_REFUSED, "%s: is runbook %s, not %s", merge->request->runbook_file,
			 head->runbook_id, merge->request->runbook_id);
}

static bool is_same_step(const struct ledger_step *here, const struct step *there)
{
	return strcasecmp(here->machine, there->machine) == 0 &&
	       strcmp(here->file_name, there->script.file_name) == 0 &&
	       strcmp(here->description, there->description) == 0;
}

static bool take_state(struct merge *merge, const struct step *step, enum step_state state)
{
	/* As history.c reads it: the times, and the output behind them. */
	CLEANUP_FREE char *detail = xasprintf("%s %s %s", step->start_time, step->end_time, step->output);
	const struct ledger_override override = {
		.step = step->number,
		.kind = OVERRIDE_MERGED,
		.state = state,
		.reason = merge->reason,
		.user = (char *)merge->request->user,
		.detail = detail,
		.time_ns = clock_wall_ns(),
	};

	merge->taken = xgrow(merge->taken, merge->taken_count, &merge->taken_alloc, sizeof(*merge->taken));
	merge->taken[merge->taken_count++] = step->number;
	return ledger_override_add(merge->ledger, merge->runbook, &override, merge->err);
}

/* Results only: what has not begun there, or is under way, is no news. */
static bool on_step(void *context, struct step *step)
{
	struct merge *merge = context;
	CLEANUP(ledger_step_release) struct ledger_step here = { 0 };
	enum step_state state = detail_state(step);

	if (!ledger_step_get(merge->ledger, merge->runbook, step->number, &here, merge->err))
		return error_prefix(merge->err, "%s", merge->request->runbook_file);
	if (!is_same_step(&here, step))
		problem_add(&merge->problems, merge->request->runbook_file, step->line,
			    "step %" PRIu32
			    " is another one than in the ledger: its machine, script or description differs",
			    step->number);
	if (merge->problems.count || machine_is_own(step->machine, merge->request->own_machine) ||
	    step->state == STEP_NOT_STARTED || step->state == STEP_IN_PROGRESS || state == here.state)
		return true;
	return take_state(merge, step, state);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static bool on_log(void *context, struct runbook_log *log)
{
	struct merge *merge = context;

	if (!merge->taken_count)
		return true;
	if (!merge->is_sorted)
		qsort(merge->taken, merge->taken_count, sizeof(*merge->taken), compare_numbers);
	merge->is_sorted = true;
	return !bsearch(&log->step, merge->taken, merge->taken_count, sizeof(*merge->taken), compare_numbers) ||
	       log_record(merge->ledger, merge->runbook, log, merge->err);
}

static bool read_document(struct merge *merge, struct problem_list *warnings, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	const struct runbook_handlers handlers = { .head = on_head, .step = on_step, .log = on_log, .context = merge };
	bool fine = runbook_read(merge->request->runbook_file, &handlers, &problems, warnings);

	return !error_is_set(err) && problem_list_none(&problems, ERROR_INPUT, err) &&
	       problem_list_none(&merge->problems, ERROR_INPUT, err) && fine;
}

bool ledger_merge(struct ledger *ledger, const struct merge_request *request, uint32_t *ret_count,
		  struct problem_list *warnings, struct error *err)
{
	CLEANUP_CHANGE struct change change = CHANGE_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(merge_release)
	struct merge merge = {
		.ledger = ledger,
		.request = request,
		.reason = xasprintf("as in %s", request->runbook_file),
		.problems = PROBLEM_LIST_INIT,
		.err = err,
	};

	if (!change_begin(&change, ledger, err) || !ledger_runbook_get(ledger, request->runbook_id, &runbook, err))
		return false;
	merge.runbook = runbook.key;
	if (!read_document(&merge, warnings, err) || !change_commit(&change, err))
		return false;
	*ret_count = (uint32_t)merge.taken_count;
	return true;
}
