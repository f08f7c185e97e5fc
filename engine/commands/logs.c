// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/commands/output.h"
#include "engine/commands/status.h"
#include "engine/commands/verbs.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/base/utf8.h"

enum { COPY_BYTES = 64 * 1024 };

static const struct option options[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "The runbook" },
	{ .name = "stepid",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .required = true,
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "The step" },
	{ .name = "attempt",
	  .kind = OPTION_NUMBER,
	  .value = "N",
	  .minimum = 1,
	  .maximum = UINT32_MAX,
	  .help = "Which attempt; default the last one" },
	{ .name = "list",
	  .kind = OPTION_FLAG,
	  .value = "",
	  .help = "List the attempts of the step and where their logs are" },
	OPTION_END,
};

static bool print_attempt(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	char started[CLOCK_TEXT_SIZE], duration[CLOCK_TEXT_SIZE] = "-";

	clock_format_plain(attempt->started_ns, started);
	if (status_duration_ns(attempt) >= 0)
		clock_format_duration(status_duration_ns(attempt), duration);
	output_line("%u  %-11s  %s  %-11s  %s", attempt->number, state_name(attempt->state), started, duration,
		    *attempt->log_path ? attempt->log_path : "(no log)");
	return true;
}

/* How many bytes at the end of a piece are the beginning of a character that goes on in the next one. */
static size_t cut_length(const char *data, size_t length)
{
	for (size_t tail = 1; tail <= 3 && tail <= length; tail++) {
		if (utf8_is_cut(data + length - tail, tail))
			return tail;
	}
	return 0;
}

static bool copy(int fd, const char *path, struct error *err)
{
	char buffer[COPY_BYTES];
	size_t kept = 0;
	ssize_t length;

	while ((length = read(fd, buffer + kept, sizeof(buffer) - kept)) != 0 && !ferror(stdout)) {
		size_t whole;

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return error_set_errno(err, errno, "%s", path);
		whole = kept + (size_t)length;
		kept = cut_length(buffer, whole);
		output_text(buffer, whole - kept);
		memmove(buffer, buffer + whole - kept, kept);
	}
	output_text(buffer, kept);
	return true;
}

static bool print_log(const struct ledger_attempt *attempt, struct error *err)
{
	CLEANUP_FD int fd = -1;

	if (!*attempt->log_path)
		return error_set(err, ERROR_INPUT, "step %u, attempt %u: has no log: it ran no script", attempt->step,
				 attempt->number);
	if (!fs_open_regular(attempt->log_path, &fd, NULL, err))
		return error_prefix(err, "step %u, attempt %u", attempt->step, attempt->number);
	if (output_is_terminal())
		output_line("Step %u, attempt %u, %s: %s", attempt->step, attempt->number, state_name(attempt->state),
			    attempt->log_path);
	return copy(fd, attempt->log_path, err);
}

static bool run(const struct command_context *context, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	struct ledger_place place = { .step = (uint32_t)option_number(context->options, "stepid", 0),
				      .attempt = (uint32_t)option_number(context->options, "attempt", 0) };

	if (!ledger_runbook_get(context->ledger, option_text(context->options, "runbookid"), &runbook, err))
		return false;
	place.runbook = runbook.key;
	if (!ledger_attempt_get(context->ledger, place, &attempt, err))
		return false;
	if (option_flag(context->options, "list", false))
		return ledger_attempt_each(context->ledger, place, print_attempt, NULL, err);
	return print_log(&attempt, err);
}

const struct command command_logs = {
	.name = "logs",
	.summary = "Shows what a step wrote",
	.description =
		"The log of one attempt, as the script wrote it; on a terminal with a line that says where it lies, and "
		"with control characters shown instead of executed.",
	.options = options,
	.needs = command_reads_ledger,
	.run = run,
};
