// SPDX-License-Identifier: MIT
#include "engine/commands/run_options.h"
#include "engine/commands/verbs.h"
#include "engine/console.h"
#include "engine/report/bundle.h"
#include "engine/restore.h"

static const struct option options[] = {
	{ .name = "runbookid",
	  .kind = OPTION_TEXT,
	  .value = "ID",
	  .required = true,
	  .help = "The runbook to take back" },
	{ .name = "rerunstep",
	  .kind = OPTION_TEXT,
	  .value = "N",
	  .help = "Run step N of the restore again, or with A..B the steps A to B, then go on" },
	{ .name = "setstepcomplete",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "Take step N of the restore as completed without running it, then go on; say why with -reason" },
	{ .name = "dryrun",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "Tell which steps the restore would have, or what they would run, and start nothing" },
	RUN_OPTIONS,
	OPTION_END,
};

static enum command_needs needs(const struct option_values *values)
{
	return option_flag(values, "dryrun", false) ? NEEDS_LEDGER_READ : NEEDS_LEDGER_WRITE;
}

static bool execute(const struct command_context *context, struct run_request *request, const struct restore_plan *plan,
		    struct error *err)
{
	if (plan->is_new)
		console_note("runbook %s was made; it takes runbook %s back", plan->id, plan->restored);
	if (plan->is_done && !request->rerun_first) {
		console_note("runbook %s has taken runbook %s back already", plan->id, plan->restored);
		return true;
	}
	request->runbook_id = plan->id;
	if (!run_execute(context->ledger, request, err))
		return false;
	console_note("runbook %s is taken back and is not executed any more; to update again make a new one: runbook "
		     "generate -runbookid=NEWID …",
		     plan->restored);
	return true;
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(restore_plan_release) struct restore_plan plan = { 0 };
	struct run_request request;

	if (!run_options_read_deciding(context, &request, err))
		return false;
	if (option_flag(context->options, "dryrun", false))
		return restore_preview(context->ledger, &request, err);
	/* What is about to be taken back is kept as it stands. */
	if (request.bundle_folder)
		bundle_write_to_folder(context->ledger, request.runbook_id, request.bundle_folder);
	return restore_prepare(context->ledger, &request, &plan, err) && execute(context, &request, &plan, err);
}

const struct command command_executerestore = {
	.name = "executerestore",
	.summary = "Takes back what a runbook has done",
	.description =
		"Makes a runbook ID-restore from the steps that were really begun, in reverse order: Stop, Restore, GlobalRestore, RestoreConfig, the "
		"versions that are installed, Start; and runs it. What was stopped is started again, also where the update did not get to. It is a runbook "
		"like any other: run executerestore again to go on, and status, logs, attach, stop and execute take its id.\n"
		"Its steps find the backups of the runbook that they take back in RUNBOOK_BACKUP_FOLDER.\n"
		"Refused (exit 7): a service model was updated and has no RestoreScript (import warns of it); the backups were removed; a later runbook has updated the "
		"same service models. From then on the runbook that is taken back is not executed any more: make a new one.",
	.options = options,
	.needs = needs,
	.run = run,
};
