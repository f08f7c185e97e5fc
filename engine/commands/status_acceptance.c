// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

static void print_decision(const char *what, int64_t time_ns, const char *user, const char *reason)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format_plain(time_ns, time);
	output_line("%s by %s, %s%s%s", what, user, time, *reason ? ": " : "", reason);
}

static void print_restore(const char *what, const char *id, const struct ledger_acceptance *acceptance)
{
	CLEANUP_FREE char *line = xasprintf("%s %s, begun", what, id);

	print_decision(line, acceptance->restore_ns, acceptance->restore_user, acceptance->restore_reason);
}

void status_print_acceptance(const struct ledger_acceptance *acceptance)
{
	char time[CLOCK_TEXT_SIZE];

	if (acceptance->signed_ns)
		print_decision("Signed off", acceptance->signed_ns, acceptance->signed_by, acceptance->sign_reason);
	if (acceptance->pruned_ns) {
		clock_format_plain(acceptance->pruned_ns, time);
		output_line("Backups removed %s", time);
	}
	if (*acceptance->restored_by)
		print_restore(acceptance->is_restored ? "Taken back by" : "Being taken back by",
			      acceptance->restored_by, acceptance);
	if (*acceptance->restores)
		print_restore("Takes back", acceptance->restores, acceptance);
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

bool status_look_ahead(const struct command_context *context, const struct ledger_runbook *runbook,
		       struct status_outlook *ret, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };

	if (!status_next_step(context->ledger, runbook->key, &ret->next, &ret->has_next, err) ||
	    !ledger_acceptance_get(context->ledger, runbook->key, &acceptance, err))
		return false;
	if (*acceptance.restored_by)
		advice_make_restored(runbook->id, &acceptance, context->repeat, &ret->advice);
	else
		advice_make(runbook->id, ret->has_next ? &ret->next : NULL, context->machine, context->repeat,
			    &ret->advice);
	return true;
}
