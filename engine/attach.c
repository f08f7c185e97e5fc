// SPDX-License-Identifier: MIT
#include "engine/attach.h"

#include "engine/console.h"
#include "engine/follow.h"
#include "engine/hold.h"
#include "engine/progress.h"
#include "engine/show.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"

/* How often the ledger is looked at between two steps. */
enum { LOOK_MS = 100 };

struct attach {
	struct ledger *ledger;
	struct ledger_runbook runbook;
	struct signals signals;
	uint32_t step; /* the attempt that was shown last */
	uint32_t number;
	bool shown;
};

struct running {
	uint32_t step;
	uint32_t number;
	char *folder;
	char *log_path;
};

static void running_release(struct running *running)
{
	free(running->folder);
	free(running->log_path);
}

static bool note_running(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct running *running = context;

	(void)err;
	running_release(running);
	*running = (struct running){ attempt->step, attempt->number, xstrdup(attempt->folder),
				     xstrdup(attempt->log_path) };
	return true;
}

static bool show_state(struct attach *self, uint32_t number, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	if (!number)
		return true;
	if (!ledger_step_get(self->ledger, self->runbook.key, number, &step, err))
		return false;
	if (step.state != STATE_IN_PROGRESS)
		show_outcome(step.state);
	return true;
}

static bool follow_one(struct attach *self, const struct running *running, struct error *err)
{
	const struct follow_request request = { running->folder, running->log_path, -1, false, &self->signals };
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	CLEANUP(follow_end_release) struct follow_end end = FOLLOW_END_INIT;

	if (!ledger_step_get(self->ledger, self->runbook.key, running->step, &step, err))
		return false;
	show_start(&step);
	self->step = running->step;
	self->number = running->number;
	self->shown = true;
	return follow_attempt(&request, &end, err);
}

/* The supervisor has ended, but the engine may not have recorded it yet. */
static bool wait_for_record(struct attach *self, struct error *err)
{
	const struct ledger_place place = { self->runbook.key, self->step, self->number };

	for (int i = 0; i < 20; i++) {
		CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };

		if (!ledger_attempt_get(self->ledger, place, &attempt, err))
			return false;
		if (attempt.state != STATE_IN_PROGRESS || !signals_pause(&self->signals, LOOK_MS))
			break;
	}
	return show_state(self, self->step, err);
}

/* *ret_more is false once nothing of the runbook goes on. */
static bool look(struct attach *self, bool *ret_more, struct error *err)
{
	CLEANUP(running_release) struct running running = { 0 };
	bool locked = false, is_new;

	*ret_more = hold_is_taken(ledger_path(self->ledger), self->runbook.id);
	if (!ledger_attempt_each_running(self->ledger, (struct ledger_place){ .runbook = self->runbook.key },
					 note_running, &running, err))
		return false;
	is_new = running.folder && (running.step != self->step || running.number != self->number);
	if (!is_new)
		return true;
	if (!work_folder_is_locked(running.folder, &locked, err))
		return false;
	if (!locked && !*ret_more)
		return true;
	*ret_more = true;
	return follow_one(self, &running, err) && wait_for_record(self, err);
}

static bool attach_loop(struct attach *self, struct error *err)
{
	bool more = true;

	while (more) {
		if (!look(self, &more, err))
			return false;
		/* It may have come while the last look waited. */
		if (more && (self->signals.leave || !signals_pause(&self->signals, LOOK_MS)))
			return error_set(err, (enum error_code)(ERROR_SIGNAL + signals_number(&self->signals)),
					 "the run goes on");
	}
	return true;
}

bool attach_follow(struct ledger *ledger, const char *runbook_id, bool quiet, bool *ret_shown, struct error *err)
{
	struct attach self = { .ledger = ledger, .signals = SIGNALS_INIT };
	bool fine = signals_open(&self.signals, err) && ledger_runbook_get(ledger, runbook_id, &self.runbook, err);

	self.signals.looks_on = true;
	if (fine && !quiet)
		progress_begin(ledger, self.runbook.key);
	fine = fine && attach_loop(&self, err);
	progress_end();

	*ret_shown = self.shown;
	ledger_runbook_release(&self.runbook);
	signals_release(&self.signals);
	return fine;
}
