// SPDX-License-Identifier: MIT
#include "engine/stop.h"

#include <string.h>
#include <unistd.h>

#include "engine/hold.h"
#include "engine/supervisor/outcome.h"
#include "engine/survivors.h"
#include "engine/work_folder.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { STOP_LIMIT_BYTES = 4096, SURVIVORS_GRACE_MS = 10000 };

static char *stop_path(const char *ledger_path, const char *runbook_id)
{
	return hold_path(ledger_path, runbook_id, "~stop");
}

struct stop_steps {
	const char *text;
	bool found;
};

static bool stop_step(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	struct stop_steps *self = context;
	CLEANUP_FREE char *path = fs_join(attempt->folder, ATTEMPT_STOP);
	bool locked;

	if (!work_folder_is_locked(attempt->folder, &locked, err))
		return false;
	if (!locked)
		return true;
	self->found = true;
	return fs_write_atomic(path, self->text, strlen(self->text), FS_MODE_FILE, err);
}

struct last_attempts {
	struct ledger *ledger;
	int64_t runbook;
	struct strv folders;
};

static bool note_last_attempt(void *context, const struct ledger_step *step, struct error *err)
{
	struct last_attempts *self = context;
	const struct ledger_place place = { .runbook = self->runbook, .step = step->number };
	CLEANUP(ledger_attempt_release) struct ledger_attempt last = { 0 };
	bool locked;

	if (!step->attempt_count)
		return true;
	if (!ledger_attempt_get(self->ledger, place, &last, err) || !work_folder_is_locked(last.folder, &locked, err))
		return false;
	if (!locked)
		strv_push(&self->folders, last.folder);
	return true;
}

static bool end_survivors(const struct strv *folders, bool *ret_found, struct error *err)
{
	for (size_t i = 0; i < folders->count; i++) {
		size_t count;

		if (!survivors_end(folders->items[i], SURVIVORS_GRACE_MS, &count, err))
			return false;
		*ret_found = *ret_found || count;
	}
	return true;
}

bool stop_survivors(struct ledger *ledger, const char *runbook_id, bool *ret_found, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	struct last_attempts last = { ledger, 0, STRV_INIT };
	bool fine;

	*ret_found = false;
	if (!ledger_runbook_get(ledger, runbook_id, &runbook, err))
		return false;
	last.runbook = runbook.key;
	fine = ledger_step_each_troubled(ledger, runbook.key, note_last_attempt, &last, err) &&
	       end_survivors(&last.folders, ret_found, err);
	strv_release(&last.folders);
	return fine;
}

bool stop_ask(struct ledger *ledger, const struct stop_request *request, bool *ret_engine, bool *ret_step,
	      struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *reason = mask_string(request->reason ? request->reason : "");
	CLEANUP_FREE char *text = NULL;
	struct stop_steps steps = { NULL, false };

	if (!ledger_runbook_get(ledger, request->runbook_id, &runbook, err))
		return false;
	path = stop_path(ledger_path(ledger), runbook.id);
	text = xasprintf("%s%s%s", request->user, *reason ? ": " : "", reason);
	steps.text = text;
	*ret_engine = hold_is_taken(ledger_path(ledger), runbook.id);
	if (*ret_engine && !fs_write_atomic(path, text, strlen(text), FS_MODE_FILE, err))
		return false;
	if (request->now && !ledger_attempt_each_running(ledger, (struct ledger_place){ .runbook = runbook.key },
							 stop_step, &steps, err))
		return false;
	*ret_step = steps.found;
	return true;
}

bool stop_is_asked(const char *ledger_path, const char *runbook_id, struct strbuf *ret_who)
{
	CLEANUP_FREE char *path = stop_path(ledger_path, runbook_id);
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;

	if (access(path, F_OK) < 0)
		return false;
	strbuf_clear(ret_who);
	if (!fs_read_file(path, STOP_LIMIT_BYTES, ret_who, &unreadable))
		strbuf_add_str(ret_who, "somebody");
	return true;
}

void stop_forget(const char *ledger_path, const char *runbook_id)
{
	CLEANUP_FREE char *path = stop_path(ledger_path, runbook_id);

	(void)unlink(path);
}
