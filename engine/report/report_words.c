// SPDX-License-Identifier: MIT
#include "engine/report/report_words.h"

#include <stdio.h>
#include <string.h>

/* Of `2026-11-21 02:46:38`. */
enum { DAY_LENGTH = 10 };

const char *report_state_word(enum step_state state)
{
	static const char *const words[STATE_COUNT] = { "Not started", "Running",         "Completed", "Failed",
							"Timed out",   "Outcome unknown", "Skipped" };

	return words[state];
}

const char *report_step_word(const struct report_step *step)
{
	return step->by_hand && step->state == STATE_COMPLETED ? "Completed by hand" : report_state_word(step->state);
}

const char *report_state_class(enum step_state state)
{
	static const char *const words[STATE_COUNT] = { "none", "busy", "good", "bad", "late", "lost", "skip" };

	return words[state];
}

const char *report_decision_word(const struct report_decision *decision)
{
	switch (decision->kind) {
	case OVERRIDE_SET_COMPLETE:
		return "set to completed";
	case OVERRIDE_RERUN:
		return *decision->detail ? decision->detail : "to be run again";
	case OVERRIDE_ACCEPT_CHANGE:
		return *decision->detail ? decision->detail : "changed script accepted";
	case OVERRIDE_SKIP:
		return "skipped";
	case OVERRIDE_IMPORTED:
		return "state came with the runbook file";
	default:
		return "state taken over from another machine";
	}
}

void report_headline(const struct report *report, struct strbuf *ret)
{
	static const char *const texts[][2] = {
		[REPORT_FAILED] = { "Failed at ", "" },         [REPORT_TIMED_OUT] = { "Timed out at ", "" },
		[REPORT_UNKNOWN] = { "Outcome unknown: ", "" }, [REPORT_WAITING] = { "Waiting for somebody at ", "" },
		[REPORT_UNDER_WAY] = { "Under way: ", "" },     [REPORT_UNFINISHED] = { "Not finished: ", " is next" },
	};
	const char *const *text = texts[report->outcome];

	if (report->outcome == REPORT_COMPLETED)
		strbuf_add_str(ret, report->acceptance.is_restored ? "Completed, then taken back" : "Completed");
	else if (report->outcome == REPORT_NOT_STARTED)
		strbuf_add_str(ret, "Not started");
	else
		strbuf_addf(ret, "%sstep %u of %u%s", text[0], report->next_step, report->runbook.step_count, text[1]);
}

void report_subline(const struct report *report, struct strbuf *ret)
{
	const struct report_step *step;

	if (report->outcome == REPORT_COMPLETED) {
		uint32_t skipped = report->runbook.counts[STATE_SKIPPED];

		strbuf_addf(ret, "All %u steps are done", report->runbook.step_count);
		if (skipped)
			strbuf_addf(ret, ", %u of them skipped", skipped);
		return;
	}
	if (report->outcome == REPORT_NOT_STARTED)
		return;
	step = report_step_get(report, report->next_step);
	strbuf_add_str(ret,
		       report->outcome == REPORT_WAITING && *step->instruction ? step->instruction : step->description);
}

enum step_type report_phase(const struct report_step *step)
{
	return step->type == STEP_TYPE_ETW_MANIFEST || step->type == STEP_TYPE_INSTALLATION_INFO ? STEP_TYPE_UPDATE
												 : step->type;
}

const char *report_phase_word(enum step_type phase)
{
	static const char *const words[STEP_TYPE_COUNT] = {
		[STEP_TYPE_DRAIN] = "Drain",
		[STEP_TYPE_STOP] = "Stop",
		[STEP_TYPE_ENVIRONMENT_BACKUP] = "Backup of the environment",
		[STEP_TYPE_BACKUP] = "Backup",
		[STEP_TYPE_GLOBAL_BACKUP] = "Global backup",
		[STEP_TYPE_BACKUP_CONFIG] = "Backup of the configuration",
		[STEP_TYPE_UPDATE] = "Update",
		[STEP_TYPE_UPDATE_CONFIG] = "Update of the configuration",
		[STEP_TYPE_GLOBAL_UPDATE_CONFIG] = "Global update of the configuration",
		[STEP_TYPE_GLOBAL_UPDATE] = "Global update",
		[STEP_TYPE_START] = "Start",
		[STEP_TYPE_UNDRAIN] = "Undrain",
		[STEP_TYPE_DVT] = "Verification",
		[STEP_TYPE_RESTORE] = "Restore",
		[STEP_TYPE_GLOBAL_RESTORE] = "Global restore",
		[STEP_TYPE_RESTORE_CONFIG] = "Restore of the configuration",
	};

	return words[phase] ? words[phase] : "Other steps";
}

void report_time(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	if (!wall_ns) {
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "–");
		return;
	}
	clock_format_plain(wall_ns, ret);
	ret[strlen("2026-11-21 02:46:38")] = '\0';
}

void report_time_of_day(const struct report *report, int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	report_time_behind(report->begin_ns, wall_ns, ret);
}

void report_time_behind(int64_t earlier_ns, int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	char begin[CLOCK_TEXT_SIZE];

	report_time(wall_ns, ret);
	report_time(earlier_ns, begin);
	if (wall_ns && strncmp(ret, begin, DAY_LENGTH) == 0)
		memmove(ret, ret + DAY_LENGTH + 1, sizeof("02:46:38"));
}

void report_duration(int64_t duration_ns, char ret[static CLOCK_TEXT_SIZE])
{
	if (duration_ns < 0)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "–");
	else
		clock_format_duration(duration_ns, ret);
}

void report_difference(const struct report_step *step, struct strbuf *ret)
{
	char text[CLOCK_TEXT_SIZE];
	double percent;

	if (!step->earlier_id)
		return;
	report_duration(step->earlier_ns, text);
	strbuf_addf(ret, "%s: %s", step->earlier_id, text);
	if (step->duration_ns < 0 || step->earlier_ns <= 0)
		return;
	percent = (double)(step->duration_ns - step->earlier_ns) * 100 / (double)step->earlier_ns;
	if (percent > 999)
		strbuf_add_str(ret, " (more than ten times)");
	else
		strbuf_addf(ret, " (%+.0f %%)", percent);
}

bool report_is_trouble(enum step_state state)
{
	return state == STATE_FAILED || state == STATE_TIMED_OUT || state == STATE_INTERRUPTED;
}

const struct report_attempt *report_last_trouble(const struct report *report, const struct report_step *step)
{
	for (size_t i = step->attempts.count; i > 0; i--) {
		const struct report_attempt *attempt = &report->attempts[step->attempts.first + i - 1];

		if (report_is_trouble(attempt->state))
			return attempt;
	}
	return NULL;
}

bool report_is_decision(const struct report_decision *decision)
{
	return decision->kind != OVERRIDE_IMPORTED && decision->kind != OVERRIDE_MERGED;
}
