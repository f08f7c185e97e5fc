// SPDX-License-Identifier: MIT
#include "steps/detail.h"

#include <string.h>

#include "runbook/base/clock.h"
#include "runbook/xml_out.h"

/* As deep as the writer puts it: it keeps XML text as it is. */
enum { LEVEL_DETAIL = 3, LEVEL_ENTRY, LEVEL_FIELD };

static const char state_start[] = "<State>";
static const char state_end[] = "</State>";

enum step_document_state detail_document_state(enum step_state state)
{
	static const enum step_document_state words[STATE_COUNT] = {
		[STATE_NOT_STARTED] = STEP_NOT_STARTED, [STATE_IN_PROGRESS] = STEP_IN_PROGRESS,
		[STATE_COMPLETED] = STEP_COMPLETED,     [STATE_FAILED] = STEP_FAILED,
		[STATE_TIMED_OUT] = STEP_FAILED,        [STATE_INTERRUPTED] = STEP_FAILED,
		[STATE_SKIPPED] = STEP_COMPLETED,
	};

	return words[state];
}

/* The first State of the text is the step's own. */
static bool read_state(const char *xml, enum step_state *ret)
{
	const char *start = strstr(xml, state_start);
	const char *end = start ? strstr(start, state_end) : NULL;
	char name[20];
	size_t length;

	if (!end)
		return false;
	start += sizeof(state_start) - 1;
	length = (size_t)(end - start);
	if (length >= sizeof(name))
		return false;
	memcpy(name, start, length);
	name[length] = '\0';
	return state_parse(name, ret);
}

enum step_state detail_state(const struct step *step)
{
	static const enum step_state coarse[] = {
		[STEP_NOT_STARTED] = STATE_NOT_STARTED,
		[STEP_IN_PROGRESS] = STATE_INTERRUPTED,
		[STEP_COMPLETED] = STATE_COMPLETED,
		[STEP_FAILED] = STATE_FAILED,
	};
	enum step_state fine;

	if (step->state != STEP_IN_PROGRESS && read_state(step->detail_xml, &fine) &&
	    detail_document_state(fine) == step->state)
		return fine;
	return coarse[step->state];
}

/* What stands in the element, without its State and the white space around. */
static void add_earlier(struct strbuf *xml, const char *earlier_xml)
{
	CLEANUP_STRBUF struct strbuf inside = STRBUF_INIT;
	const char *start = strchr(earlier_xml, '>');
	const char *end = strstr(earlier_xml, "</StepDetail>");
	const char *state;

	if (!start || !end || end < start)
		return;
	state = strstr(start, state_end);
	start = state && state < end ? state + sizeof(state_end) - 1 : start + 1;
	strbuf_add(&inside, start, (size_t)(end - start));
	strbuf_trim(&inside);
	xml_out_xml(xml, LEVEL_ENTRY, inside.data);
}

void detail_begin(struct strbuf *xml, enum step_state state, const char *earlier_xml)
{
	strbuf_add_str(xml, "<StepDetail>");
	xml_out_text(xml, LEVEL_ENTRY, "State", state_name(state));
	add_earlier(xml, earlier_xml);
}

void detail_end(struct strbuf *xml)
{
	xml_out_close(xml, LEVEL_DETAIL, "StepDetail");
}

static void add_text(struct strbuf *xml, const char *name, const char *text)
{
	if (text && *text)
		xml_out_text(xml, LEVEL_FIELD, name, text);
}

static void add_time(struct strbuf *xml, const char *name, int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!time_ns)
		return;
	clock_format_utc(time_ns, text);
	xml_out_text(xml, LEVEL_FIELD, name, text);
}

void detail_add_attempt(struct strbuf *xml, const struct ledger_attempt *attempt)
{
	xml_out_open(xml, LEVEL_ENTRY, "Attempt");
	xml_out_uint(xml, LEVEL_FIELD, "Number", attempt->number);
	add_text(xml, "State", state_name(attempt->state));
	add_time(xml, "StartTime", attempt->started_ns);
	add_time(xml, "EndTime", attempt->ended_ns);
	if (attempt->exit_code >= 0)
		xml_out_uint(xml, LEVEL_FIELD, "ExitCode", (unsigned)attempt->exit_code);
	if (attempt->signal > 0)
		xml_out_uint(xml, LEVEL_FIELD, "Signal", (unsigned)attempt->signal);
	add_text(xml, "Log", attempt->log_path);
	add_text(xml, "User", attempt->user);
	add_text(xml, "LeftBehind", attempt->left_behind);
	add_text(xml, "Reason", attempt->reason);
	xml_out_close(xml, LEVEL_ENTRY, "Attempt");
}

void detail_add_override(struct strbuf *xml, const struct ledger_override *override)
{
	xml_out_open(xml, LEVEL_ENTRY, "Override");
	add_text(xml, "Kind", override_kind_name(override->kind));
	add_text(xml, "State", state_name(override->state));
	add_time(xml, "Time", override->time_ns);
	add_text(xml, "User", override->user);
	add_text(xml, "Reason", override->reason);
	/* What merge.c keeps there stands in the step itself. */
	if (override->kind != OVERRIDE_MERGED)
		add_text(xml, "Detail", override->detail);
	xml_out_close(xml, LEVEL_ENTRY, "Override");
}

void detail_add_sub_step(struct strbuf *xml, const struct ledger_sub_step *sub_step)
{
	xml_out_open(xml, LEVEL_ENTRY, "SubStep");
	xml_out_uint(xml, LEVEL_FIELD, "Number", sub_step->number);
	add_text(xml, "Group", sub_step->group);
	add_text(xml, "Name", sub_step->name);
	if (sub_step->parent)
		xml_out_uint(xml, LEVEL_FIELD, "Parent", sub_step->parent);
	xml_out_uint(xml, LEVEL_FIELD, "Attempt", sub_step->attempt);
	add_text(xml, "State", state_name(sub_step->state));
	add_time(xml, "StartTime", sub_step->started_ns);
	add_time(xml, "EndTime", sub_step->ended_ns);
	if (sub_step->exit_code >= 0)
		xml_out_uint(xml, LEVEL_FIELD, "ExitCode", (unsigned)sub_step->exit_code);
	if (sub_step->signal > 0)
		xml_out_uint(xml, LEVEL_FIELD, "Signal", (unsigned)sub_step->signal);
	xml_out_close(xml, LEVEL_ENTRY, "SubStep");
}
