// SPDX-License-Identifier: MIT
#include "engine/commands/logs_show.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "engine/commands/output.h"
#include "engine/json_value.h"
#include "engine/work_folder.h"
#include "logs/log_lines.h"

/* How often a log that is followed is looked at, and what stands there so long without its end is shown. */
enum { LOOK_MS = 100, REST_LOOKS = 3 };

/* One log that is being shown. */
struct showing {
	struct logs_show *show;
	const struct ledger_attempt *attempt;
	struct diagnoser *diagnoser; /* for -errors; else NULL */
	uint64_t first;              /* line that is shown */
	bool in_line;                /* what was shown does not end with a newline */
};

/* ---- One line -------------------------------------------------------------------------------------------- */

static bool is_grepped(const struct logs_show *show, const struct log_line *line)
{
	struct pattern_span match;

	return !show->grep || pattern_match(show->grep, (struct pattern_span){ 0, line->length }, line->text, false,
					    &match) == PATTERN_FOUND;
}

static bool is_wanted(const struct showing *self, const struct log_line *line, const struct failure **ret_failure)
{
	*ret_failure = NULL;
	if (line->number < self->first || !is_grepped(self->show, line))
		return false;
	if (!self->show->errors)
		return true;
	*ret_failure = failure_of_line(self->diagnoser->finder, line->text, line->length);
	return *ret_failure || failure_looks_like_error(self->diagnoser->finder, line->text, line->length);
}

static void print_json(const struct showing *self, const struct log_line *line, const struct failure *failure)
{
	json_t *object = json_pack("{s:I, s:I, s:I, s:o}", "step", (json_int_t)self->attempt->step, "attempt",
				   (json_int_t)self->attempt->number, "line", (json_int_t)line->number, "text",
				   json_value_bytes(line->text, line->length));

	if (failure) {
		(void)json_object_set_new(object, "code", json_value_text(failure->code));
		(void)json_object_set_new(object, "cause", json_value_text(failure->cause));
		(void)json_object_set_new(object, "action", json_value_text(failure->action));
	}
	(void)json_dumpf(object, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(object);
}

static bool is_filtered(const struct logs_show *show)
{
	return show->grep || show->errors;
}

static void print_text(struct showing *self, const struct log_line *line)
{
	const struct logs_show *show = self->show;

	if (is_filtered(show) && show->is_named)
		(void)printf("step %u, attempt %u:%" PRIu64 ": ", self->attempt->step, self->attempt->number,
			     line->number);
	else if (is_filtered(show))
		(void)printf("%" PRIu64 ": ", line->number);
	if (is_filtered(show)) {
		output_text(line->text, line->length);
		(void)putchar('\n');
		return;
	}
	output_text(line->text, output_is_terminal() ? line->length : line->raw);
	if (line->is_whole)
		(void)putchar('\n');
	self->in_line = !line->is_whole;
}

static bool show_line(void *context, const struct log_line *line)
{
	struct showing *self = context;
	const struct failure *failure;

	if (!is_wanted(self, line, &failure))
		return true;
	self->show->shown++;
	if (self->show->context->json)
		print_json(self, line, failure);
	else
		print_text(self, line);
	return !ferror(stdout);
}

/* ---- One log --------------------------------------------------------------------------------------------- */

static bool is_running(const struct showing *self, bool *ret_running, struct error *err)
{
	*ret_running = false;
	return self->attempt->state != STATE_IN_PROGRESS || !*self->attempt->folder ||
	       work_folder_is_locked(self->attempt->folder, ret_running, err);
}

/* A prompt waits for its newline in vain; but what is filtered or an event is shown as a whole. */
static bool follow(struct showing *self, struct log_lines *lines, struct error *err)
{
	bool whole = is_filtered(self->show) || self->show->context->json, running = true;
	unsigned looks = 0;

	while (running && !log_lines_is_over(lines)) {
		/* Whether it runs is asked before its log is read: what it wrote last is then there. */
		if (!is_running(self, &running, err) || !log_lines_read(lines, show_line, self, err))
			return false;
		if (!whole && ++looks % REST_LOOKS == 0)
			log_lines_rest(lines, show_line, self);
		if (fflush(stdout) != 0)
			break;
		if (running)
			(void)poll(NULL, 0, LOOK_MS);
	}
	return true;
}

static bool choose_first(struct showing *self, struct error *err)
{
	uint64_t count = 0, tail = self->show->tail;

	if (tail && !log_lines_count(self->attempt->log_path, &count, err))
		return false;
	self->first = tail && count > tail ? count - tail + 1 : 1;
	return true;
}

static void free_lines(struct log_lines **lines)
{
	log_lines_free(*lines);
}

static bool show_lines(struct showing *self, struct error *err)
{
	CLEANUP(free_lines) struct log_lines *lines = NULL;
	if (!choose_first(self, err))
		return false;
	lines = log_lines_open(self->attempt->log_path, err);
	if (!lines)
		return false;
	if (self->show->follow ? !follow(self, lines, err) : !log_lines_read(lines, show_line, self, err))
		return false;
	log_lines_finish(lines, show_line, self);
	if (self->in_line && (output_is_terminal() || self->show->is_named))
		(void)putchar('\n');
	return true;
}

static void print_head(const struct logs_show *show, const struct ledger_attempt *attempt)
{
	if (!show->context->json && !is_filtered(show) && (output_is_terminal() || show->is_named))
		output_line("Step %u, attempt %u, %s: %s", attempt->step, attempt->number, state_name(attempt->state),
			    attempt->log_path);
}

/* What the lines of an attempt that has failed mean. */
static void print_diagnosis(const struct showing *self)
{
	CLEANUP(diagnosis_release) struct diagnosis diagnosis = { 0 };

	if (self->show->context->json || state_is_done(self->attempt->state) ||
	    self->attempt->state == STATE_IN_PROGRESS)
		return;
	diagnose_attempt(self->diagnoser, self->attempt, &diagnosis);
	if (diagnosis.failure)
		output_line("step %u, attempt %u: %s\n  cause: %s (%s)\n  do:    %s", self->attempt->step,
			    self->attempt->number, self->attempt->reason, diagnosis.failure->cause,
			    diagnosis.failure->code, diagnosis.failure->action);
}

static bool show_errors(struct showing *self, struct error *err)
{
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };
	CLEANUP(diagnoser_release) struct diagnoser diagnoser = { 0 };
	struct logs_show *show = self->show;

	if (!ledger_step_get(show->context->ledger, show->runbook.key, self->attempt->step, &step, err))
		return false;
	diagnoser_open(&diagnoser, &(struct diagnose_request){ show->root.fd < 0 ? NULL : &show->root,
							       step.service_model, show->context->catalogue });
	self->diagnoser = &diagnoser;
	if (!show_lines(self, err))
		return false;
	print_diagnosis(self);
	return true;
}

bool logs_show_attempt(struct logs_show *show, const struct ledger_attempt *attempt, struct error *err)
{
	struct showing self = { .show = show, .attempt = attempt };

	if (!*attempt->log_path && show->is_named)
		return true;
	if (!*attempt->log_path)
		return error_set(err, ERROR_INPUT, "step %u, attempt %u: has no log: it ran no script", attempt->step,
				 attempt->number);
	print_head(show, attempt);
	if (show->errors ? show_errors(&self, err) : show_lines(&self, err))
		return true;
	return error_prefix(err, "step %u, attempt %u", attempt->step, attempt->number);
}
