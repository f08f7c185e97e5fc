// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "runbook/base/clock.h"

static void add_sign_off(const struct ledger_acceptance *acceptance, struct strv *ret)
{
	const char *reason = acceptance->sign_reason;
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(acceptance->signed_ns, time);
	strv_pushf(ret, "Signed off by %s, %s%s%s", acceptance->signed_by, time, *reason ? ": " : "", reason);
}

static void add_restore(const char *what, const char *id, const struct ledger_acceptance *acceptance, struct strv *ret)
{
	const char *reason = acceptance->restore_reason;
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(acceptance->restore_ns, time);
	strv_pushf(ret, "%s %s, begun by %s, %s%s%s", what, id, acceptance->restore_user, time, *reason ? ": " : "",
		   reason);
}

void status_acceptance_lines(const struct ledger_acceptance *acceptance, struct strv *ret)
{
	char time[CLOCK_TEXT_SIZE];

	if (acceptance->signed_ns)
		add_sign_off(acceptance, ret);
	if (acceptance->pruned_ns) {
		clock_format_plain(acceptance->pruned_ns, time);
		strv_pushf(ret, "Backups removed %s", time);
	}
	if (*acceptance->restored_by)
		add_restore(acceptance->is_restored ? "Taken back by" : "Being taken back by", acceptance->restored_by,
			    acceptance, ret);
	if (*acceptance->restores)
		add_restore("Takes back", acceptance->restores, acceptance, ret);
}

static json_t *sign_off_of(const struct ledger_acceptance *acceptance)
{
	if (!acceptance->signed_ns)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "time", output_json_time(acceptance->signed_ns), "user",
			 output_json_text(acceptance->signed_by), "reason", output_json_text(acceptance->sign_reason),
			 "backupsRemoved", output_json_time(acceptance->pruned_ns));
}

static json_t *restore_of(const struct ledger_acceptance *acceptance)
{
	if (!acceptance->restore_ns)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "time", output_json_time(acceptance->restore_ns), "user",
			 output_json_text(acceptance->restore_user), "reason",
			 output_json_text(acceptance->restore_reason));
}

static json_t *id_or_null(const char *id)
{
	return *id ? output_json_text(id) : json_null();
}

void status_json_acceptance(const struct ledger_acceptance *acceptance, json_t *ret)
{
	(void)json_object_set_new(ret, "signOff", sign_off_of(acceptance));
	(void)json_object_set_new(ret, "restoredBy", id_or_null(acceptance->restored_by));
	(void)json_object_set_new(ret, "isRestored", json_boolean(acceptance->is_restored));
	(void)json_object_set_new(ret, "restores", id_or_null(acceptance->restores));
	(void)json_object_set_new(ret, "restore", restore_of(acceptance));
}

void status_outlook_release(struct status_outlook *outlook)
{
	ledger_step_release(&outlook->next);
	advice_release(&outlook->advice);
}

/* What became of the step's attempt that is in progress. False if there is none, or if it may not be looked at. */
static bool judge_attempt(struct ledger *ledger, int64_t runbook, const struct ledger_step *step,
			  enum settle_verdict *ret)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt last = { 0 };
	CLEANUP_ERROR struct error hidden = ERROR_INIT;
	struct settle_facts facts;

	if (step->state != STATE_IN_PROGRESS || !status_last_attempt(ledger, runbook, step, &last, &hidden) ||
	    !settle_look(last.folder, &facts, &hidden))
		return false;
	*ret = settle_judge(&facts);
	return true;
}

bool status_look_ahead(const struct command_context *context, const struct ledger_runbook *runbook,
		       struct status_outlook *ret, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	enum settle_verdict verdict;

	if (!status_next_step(context->ledger, runbook->key, &ret->next, &ret->has_next, err) ||
	    !ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	if (*acceptance.restored_by)
		advice_make_restored(runbook->id, &acceptance, context->repeat, &ret->advice);
	else if (ret->has_next && judge_attempt(context->ledger, runbook->key, &ret->next, &verdict))
		advice_make_in_progress(runbook->id, &ret->next, verdict, context->repeat, &ret->advice);
	else
		advice_make(runbook->id, ret->has_next ? &ret->next : NULL, context->machine, context->repeat,
			    &ret->advice);
	return true;
}
