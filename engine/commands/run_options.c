// SPDX-License-Identifier: MIT
#include "engine/commands/run_options.h"

#include <string.h>

bool run_options_read(const struct command_context *context, struct run_request *ret, struct error *err)
{
	const struct option_values *options = context->options;

	run_request_init(ret);
	ret->package_path = option_text(options, "packagepath");
	ret->machine = context->machine;
	ret->user = context->user;
	ret->reason = option_text(options, "reason");
	ret->catalogue_file = context->catalogue;
	ret->accept_change = option_flag(options, "acceptchange", false);
	ret->without_mask = option_flag(options, "nomask", false);
	ret->require_signature = option_flag(options, "requiresignature", false);
	ret->require_sign_off = option_flag(options, "requiresignoff", false);
	ret->auto_resume = option_flag(options, "autoresume", false);
	ret->json = context->json;
	ret->quiet = context->quiet || context->json;
	ret->repeat_options = context->repeat;
	ret->retry_pause_ms = option_number(options, "retrypause", ret->retry_pause_ms / 1000) * 1000;
	ret->grace_ms = option_number(options, "grace", ret->grace_ms / 1000) * 1000;
	ret->log_cap_bytes = (uint64_t)option_number(options, "logcap", (int64_t)ret->log_cap_bytes);
	ret->bundle_folder = option_text(options, "bundle");
	ret->events_file = option_text(options, "events");
	ret->notify_command = option_text(options, "notify");
	ret->notify_timeout_ms = option_number(options, "notifytimeout", ret->notify_timeout_ms / 1000) * 1000;
	if (ret->without_mask && !ret->reason)
		return error_set(err, ERROR_USAGE, "-nomask needs -reason=TEXT, which is kept in the ledger");
	if (ret->accept_change && !ret->reason)
		return error_set(err, ERROR_USAGE, "-acceptchange needs -reason=TEXT, which is kept in the ledger");
	return true;
}

/* Digits at the beginning of *text as a number from 1; moves *text behind them. */
static bool take_number(const char **text, uint32_t *ret)
{
	size_t length = strspn(*text, "0123456789");
	uint64_t number = 0;

	if (!length || length > 10)
		return false;
	for (size_t i = 0; i < length; i++)
		number = number * 10 + (uint64_t)((*text)[i] - '0');
	if (!number || number > UINT32_MAX)
		return false;
	*text += length;
	*ret = (uint32_t)number;
	return true;
}

bool run_options_parse_rerun(const char *text, struct run_request *ret, struct error *err)
{
	const char *rest = text;
	uint32_t first = 0, last, sub_step = 0;
	bool numbered = take_number(&rest, &first);

	last = first;
	if (numbered && strncmp(rest, "..", 2) == 0) {
		rest += 2;
		numbered = take_number(&rest, &last);
	} else if (numbered && *rest == '.') {
		rest++;
		numbered = take_number(&rest, &sub_step);
	}
	if (!numbered || *rest || last < first)
		return error_set(
			err, ERROR_USAGE,
			"-rerunstep=%s: must be a step N, steps A..B or a sub-step N.M, numbers from 1, A not above B",
			text);
	ret->rerun_first = first;
	ret->rerun_last = last;
	ret->rerun_sub_step = sub_step;
	return true;
}

bool run_options_read_deciding(const struct command_context *context, struct run_request *ret, struct error *err)
{
	const char *range = option_text(context->options, "rerunstep");

	if (!run_options_read(context, ret, err))
		return false;
	ret->runbook_id = option_text(context->options, "runbookid");
	ret->set_complete = (uint32_t)option_number(context->options, "setstepcomplete", 0);
	if (range && ret->set_complete)
		return error_set(err, ERROR_USAGE, "-rerunstep and -setstepcomplete cannot be given together");
	return !range || run_options_parse_rerun(range, ret, err);
}
