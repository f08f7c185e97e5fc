// SPDX-License-Identifier: MIT
#include "engine/events.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/console.h"
#include "engine/json_value.h"
#include "engine/run_context.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static bool is_on(const struct events *events)
{
	return events->file >= 0 || events->output || events->notify.socket >= 0;
}

/* ---- Where they go --------------------------------------------------------------------------------------- */

/* A FIFO that nobody reads must not make the run wait: only a regular file will do. */
static bool open_file(const char *path, int *ret_fd, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(path);
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (!fs_check_owned_path(absolute, "events file", err))
		return false;
	fd = open(absolute, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, FS_MODE_FILE);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, "%s: is no regular file", path);
	*ret_fd = take_fd(&fd);
	return true;
}

static void note_end(const char *why)
{
	console_note("no further events are written: %s; the run goes on", why);
}

/* In one piece, so that the lines of runs side by side do not mix. */
static void write_to_file(struct events *events, const struct strbuf *line)
{
	ssize_t written = write(events->file, line->data, line->length);

	if (written == (ssize_t)line->length)
		return;
	note_end(written < 0 ? strerror(errno) : "the disk is full");
	(void)close(events->file);
	events->file = -1;
}

static void write_to_output(struct events *events, const struct strbuf *line)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	events->output = fs_write_all(STDOUT_FILENO, line->data, line->length, "standard output", &err);
	if (!events->output)
		note_end(err.message);
}

static void emit(struct run *run, const char *name, bool notify, json_t *members)
{
	struct events *events = &run->events;
	CLEANUP_STRBUF struct strbuf line = STRBUF_INIT;
	CLEANUP_FREE char *text = NULL;
	json_t *event =
		json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:I}", "event", name, "sequence",
			  (json_int_t)++events->sequence, "time", json_value_time(clock_wall_ns()), "runbookId",
			  json_value_text(run->runbook.id), "machine", json_value_text(run->request->machine), "user",
			  json_value_text(run->request->user), "stepCount", (json_int_t)run->runbook.step_count);

	(void)json_object_update(event, members);
	json_decref(members);
	text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	strbuf_addf(&line, "%s\n", text);
	if (events->file >= 0)
		write_to_file(events, &line);
	if (events->output)
		write_to_output(events, &line);
	if (notify)
		notify_send(&events->notify, name, line.data, line.length);
}

/* ---- The events ------------------------------------------------------------------------------------------ */

static uint32_t done_count(const struct ledger_runbook *runbook)
{
	return runbook->counts[STATE_COMPLETED] + runbook->counts[STATE_SKIPPED];
}

void events_open(struct run *run)
{
	const struct run_request *request = run->request;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	run->events.output = request->json;
	if (request->events_file && !open_file(request->events_file, &run->events.file, &err))
		console_note("no events are written: %s; the run goes on", err.message);
	if (request->notify_command) {
		const struct notify_request notify = { request->notify_command, run->runbook.id,
						       request->notify_timeout_ms };

		notify_start(&run->events.notify, &notify);
	}
	if (is_on(&run->events))
		emit(run, "started", true, json_pack("{s:I}", "stepsDone", (json_int_t)done_count(&run->runbook)));
}

static json_t *members_of_step(const struct ledger_step *step)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:s}", "step", (json_int_t)step->number, "description",
			 json_value_text(step->description), "stepMachine", json_value_text(step->machine),
			 "serviceModel", json_value_text(step->service_model), "stepType", step_type_name(step->type));
}

void events_step_started(struct run *run, const struct ledger_step *step, uint32_t attempt)
{
	json_t *members;

	if (!is_on(&run->events))
		return;
	members = members_of_step(step);
	(void)json_object_set_new(members, "attempt", json_value_known(attempt, 1));
	emit(run, "stepStarted", false, members);
}

void events_step_ended(struct run *run, const struct ledger_step *step, const struct ledger_attempt *attempt)
{
	json_t *members;

	if (!is_on(&run->events))
		return;
	members = members_of_step(step);
	(void)json_object_update_new(
		members,
		json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "attempt", json_value_known(attempt->number, 1),
			  "state", state_name(attempt->state), "durationMs", json_value_duration(attempt->duration_ns),
			  "exitCode", json_value_known(attempt->exit_code, 0), "signal",
			  json_value_known(attempt->signal, 1), "reason", json_value_text(attempt->reason), "log",
			  json_value_text(attempt->log_path)));
	emit(run, "stepEnded", false, members);
}

void events_recovered(struct run *run, const struct ledger_step *step, enum events_recovery how)
{
	static const char *const words[] = { "followed", "recorded", "unknown", "startedAgain" };
	json_t *members;

	if (!is_on(&run->events))
		return;
	members = members_of_step(step);
	(void)json_object_set_new(members, "how", json_string(words[how]));
	emit(run, "recovered", true, members);
}

void events_decided(struct run *run, enum decision decision, const struct ledger_step *step)
{
	run->events.decision = decision;
	run->events.step = step->number;
}

/* ---- The end --------------------------------------------------------------------------------------------- */

static const char *ending(const struct run *run, const struct error *err, bool all_done)
{
	if (!error_is_set(err))
		return all_done ? "completed" : "stopped";
	switch (run->events.decision) {
	case DECIDE_STOP_FAILED:
		return "stepFailed";
	case DECIDE_WAIT_MANUAL:
	case DECIDE_WAIT_MACHINE:
	case DECIDE_WAIT_RESTART:
		return "waiting";
	default:
		return "stopped";
	}
}

/* The ledger as it is now; a damaged one does not keep the event from being told. */
static json_t *count_done(struct run *run, bool *ret_all)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook now = { 0 };
	CLEANUP_ERROR struct error damaged = ERROR_INIT;

	*ret_all = false;
	if (!ledger_runbook_get(run->ledger, run->runbook.id, &now, &damaged))
		return json_null();
	*ret_all = done_count(&now) == now.step_count;
	return json_integer(done_count(&now));
}

void events_close(struct run *run, const struct error *err)
{
	struct events *events = &run->events;
	bool all_done;
	json_t *done;
	const char *name;

	if (!is_on(events))
		return;
	done = count_done(run, &all_done);
	name = ending(run, err, all_done);
	emit(run, name, true,
	     json_pack("{s:o, s:o, s:i, s:o}", "stepsDone", done, "step", json_value_known(events->step, 1),
		       "runExitCode", (int)err->code, "message",
		       error_is_set(err)
			       ? json_value_text(err->message)
			       : json_string(all_done ? "all steps are done" : "the steps asked for are done")));
	/* Who asked the run to leave at once must not wait for a command. */
	notify_finish(&events->notify, (int)err->code < ERROR_SIGNAL);
	if (events->file >= 0)
		(void)close(events->file);
	*events = (struct events)EVENTS_INIT;
}
