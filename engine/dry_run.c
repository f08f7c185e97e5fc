// SPDX-License-Identifier: MIT
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "engine/acceptance.h"
#include "engine/decide.h"
#include "engine/interpreter.h"
#include "engine/run_context.h"
#include "engine/substep/sub_step_defined.h"
#include "engine/version_check.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/topology.h"

/* What would happen to one step. */
struct forecast {
	const struct ledger_step *step;
	const char *verdict; /* "would run", "would wait" … */
	char *why;
	char *script;        /* absolute; NULL: none */
	struct strv command; /* interpreter and its arguments, the script last */
	struct work_folder folder;
	uint32_t sub_step_count; /* of its definition */
};

struct dry_run {
	struct run run;
	struct version_skips *skips;
	bool stopped; /* an earlier step would stop the run */
	bool first;
};

static void forecast_release(struct forecast *forecast)
{
	free(forecast->why);
	free(forecast->script);
	strv_release(&forecast->command);
	work_folder_release(&forecast->folder);
}

static void conclude(struct forecast *forecast, const char *verdict, char *why)
{
	free(forecast->why);
	forecast->verdict = verdict;
	forecast->why = why;
}

static void check_digest(struct dry_run *self, struct forecast *forecast, const struct package_file *file)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct run *run = &self->run;
	bool accepted = run->request->accept_change;
	char digest[DIGEST_TEXT_SIZE];
	const struct ledger_file now = { run->runbook.key, package_root_relative(&run->root, file), digest };

	if (!digest_fd(file->fd, file->path, digest, &err) ||
	    (!accepted && !ledger_file_is_accepted(run->ledger, &now, &accepted, &err)))
		conclude(forecast, "would stop", TAKE(err.message));
	else if (!accepted && strcmp(digest, forecast->step->script_sha256) != 0)
		conclude(forecast, "would stop",
			 xstrdup("the script has changed since it was imported; see -acceptchange"));
}

/* All files of its service model, before its first step. */
static void check_files(struct dry_run *self, struct forecast *forecast)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *trouble = NULL;

	if (!file_guard_look(&self->run, forecast->step, &trouble, &err))
		conclude(forecast, "would stop", TAKE(err.message));
	else if (trouble)
		conclude(forecast, "would stop", xasprintf("%s; see -acceptchange", trouble));
}

static void resolve_script(struct dry_run *self, struct forecast *forecast)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;

	if (!package_root_find_script(&self->run.root, forecast->step->service_model, forecast->step->file_name, &file,
				      &err)) {
		conclude(forecast, "would stop", TAKE(err.message));
		return;
	}
	forecast->script = xstrdup(file.path);
	if (!interpreter_resolve(forecast->script, file.fd, forecast->folder.log, &forecast->command, &err))
		conclude(forecast, "would stop", TAKE(err.message));
	else
		check_digest(self, forecast, &file);
}

static void resolve_sub_steps(struct dry_run *self, struct forecast *forecast)
{
	const struct sub_step_outlook_request request = {
		.place = { .runbook = self->run.runbook.key, .step = forecast->step->number },
		.root = &self->run.root,
		.service_model = forecast->step->service_model,
		.accept_change = self->run.request->accept_change,
	};
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct sub_step_outlook outlook;

	if (!sub_step_look_ahead(self->run.ledger, &request, &outlook, &err)) {
		conclude(forecast, "would stop", TAKE(err.message));
		return;
	}
	forecast->sub_step_count = outlook.count;
	if (outlook.trouble)
		conclude(forecast, "would stop", outlook.trouble);
}

/* Looks everything up that an attempt needs, and starts nothing. */
static void resolve(struct dry_run *self, struct forecast *forecast)
{
	const struct ledger_step *step = forecast->step;
	const struct work_place place = { .package_root = self->run.root.path,
					  .runbook_id = self->run.runbook.id,
					  .restores = self->run.acceptance.restores,
					  .machine = step->machine,
					  .service_model = step->service_model,
					  .step = step->number,
					  .attempt = step->attempt_count + 1 };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!work_folder_name(&place, &forecast->folder, &err))
		conclude(forecast, "would stop", TAKE(err.message));
	else if (*step->file_name || !step->has_sub_steps)
		resolve_script(self, forecast);
	if (step->has_sub_steps && strcmp(forecast->verdict, "would stop") != 0)
		resolve_sub_steps(self, forecast);
}

static void judge_open(struct dry_run *self, struct forecast *forecast, enum decision decision)
{
	const struct ledger_step *step = forecast->step;

	switch (decision) {
	case DECIDE_RUN:
	case DECIDE_RETRY:
	case DECIDE_RESUME:
		conclude(forecast, "would run",
			 xasprintf(decision == DECIDE_RUN ? "it is %s" : "again: it is %s", state_name(step->state)));
		resolve(self, forecast);
		check_files(self, forecast);
		break;
	case DECIDE_BUILT_IN:
		conclude(forecast, "would run", xstrdup("built in"));
		check_files(self, forecast);
		break;
	case DECIDE_SKIP_BACKUP:
		conclude(forecast, "would be skipped", xstrdup("-backup=false"));
		break;
	case DECIDE_WAIT_MANUAL:
		conclude(forecast, "would wait", xasprintf("for somebody: %s", step->instruction));
		break;
	case DECIDE_WAIT_MACHINE:
		conclude(forecast, "would wait", xasprintf("for machine %s", step->machine));
		break;
	case DECIDE_FINISH:
		conclude(forecast, "would not run", xstrdup("it comes after -untilstep"));
		break;
	default:
		conclude(forecast, "would stop", xasprintf("it is %s", state_name(step->state)));
	}
}

static bool is_asked_again(const struct run_request *request, const struct ledger_step *step)
{
	return step->number >= request->rerun_first && step->number <= request->rerun_last;
}

static void judge(struct dry_run *self, struct forecast *forecast)
{
	const struct run_request *request = self->run.request;
	struct ledger_step step = *forecast->step;

	/* The step as it would be once the overrides that were asked for are recorded. */
	if (is_asked_again(request, &step))
		step.state = STATE_NOT_STARTED;
	if (step.number == request->set_complete)
		step.state = STATE_COMPLETED;
	if (version_skip_reason(self->skips, &step))
		conclude(forecast, "would be skipped", xstrdup(version_skip_reason(self->skips, &step)));
	else if (request->only && request->only != step.number)
		conclude(forecast, "would not run", xstrdup("only one step was asked for"));
	else if (state_is_done(step.state))
		conclude(forecast, "would not run", xasprintf("it is %s", state_name(step.state)));
	else
		judge_open(self, forecast, decide(&step, request));
}

static void print_text(const struct forecast *forecast)
{
	const struct ledger_step *step = forecast->step;

	(void)printf("Step %u: %s\n  %s: %s\n", step->number, step->description, forecast->verdict, forecast->why);
	if (forecast->script)
		(void)printf("  script: %s\n", forecast->script);
	if (forecast->command.count)
		(void)printf("  interpreter: %s\n", forecast->command.items[0]);
	if (forecast->sub_step_count)
		(void)printf("  sub-steps: %u\n", forecast->sub_step_count);
	if (!*step->file_name && !forecast->sub_step_count)
		return;
	if (step->timeout_min)
		(void)printf("  timeout: %u min\n", step->timeout_min);
	else
		(void)printf("  timeout: none\n");
	(void)printf("  retries: %u\n", step->retry_count);
	if (forecast->folder.log)
		(void)printf("  log folder: %s\n", forecast->folder.log);
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static void print_json(struct dry_run *self, const struct forecast *forecast)
{
	const struct ledger_step *step = forecast->step;
	json_t *object =
		json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "step", (json_int_t)step->number, "description",
			  step->description, "machine", step->machine, "serviceModel", step->service_model, "verdict",
			  forecast->verdict, "why", forecast->why, "timeoutMinutes", (json_int_t)step->timeout_min,
			  "retries", (json_int_t)step->retry_count);

	(void)json_object_set_new(object, "script", text_or_null(forecast->script));
	(void)json_object_set_new(object, "interpreter",
				  text_or_null(forecast->command.count ? forecast->command.items[0] : NULL));
	(void)json_object_set_new(object, "logFolder", text_or_null(forecast->folder.log));
	if (forecast->sub_step_count)
		(void)json_object_set_new(object, "subSteps", json_integer(forecast->sub_step_count));
	(void)printf(self->first ? "[\n" : ",\n");
	(void)json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
}

static bool tell_step(void *context, const struct ledger_step *step, struct error *err)
{
	struct dry_run *self = context;
	CLEANUP(forecast_release) struct forecast forecast = { .step = step };

	(void)err;
	judge(self, &forecast);
	if (self->stopped && strncmp(forecast.verdict, "would not", 9) != 0)
		conclude(&forecast, "would not run yet", xstrdup("an earlier step stops the run"));
	self->stopped = self->stopped || strcmp(forecast.verdict, "would stop") == 0 ||
			strcmp(forecast.verdict, "would wait") == 0;
	if (self->run.request->json)
		print_json(self, &forecast);
	else
		print_text(&forecast);
	self->first = false;
	return true;
}

bool run_dry(struct ledger *ledger, const struct run_request *request, struct error *err)
{
	struct dry_run self = { .run = RUN_INIT, .first = true };
	bool fine =
		run_open(ledger, request, &self.run, err) && file_guard_open(&self.run, err) &&
		acceptance_check(&self.run, err) && version_look_ahead(&self.run, &self.skips, err) &&
		ledger_step_each(ledger, (struct ledger_range){ self.run.runbook.key, 1, 0 }, tell_step, &self, err);

	if (fine && request->json)
		(void)printf("\n]\n");
	version_skips_free(self.skips);
	run_release(&self.run);
	return fine;
}
