// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include "engine/report/report_words.h"
#include "engine/report/report_write.h"
#include "runbook/base/utf8.h"
#include "runbook/xml_out.h"

static void add_text(struct strbuf *out, const char *text)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	strbuf_add_visible_bytes(&visible, text, strlen(text), "\n\t");
	xml_out_escaped(out, visible.data, visible.length);
}

static void add_attribute(struct strbuf *out, const char *name, const char *value)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	strbuf_add_visible_bytes(&visible, value, strlen(value), "");
	strbuf_addf(out, " %s=\"", name);
	xml_out_attribute(out, visible.data, visible.length);
	strbuf_add_char(out, '"');
}

static void add_seconds(struct strbuf *out, int64_t duration_ns)
{
	strbuf_addf(out, " time=\"%.3f\"", duration_ns > 0 ? (double)duration_ns / 1e9 : 0.0);
}

/* What a step stands for in a suite. */
enum verdict { VERDICT_PASSED, VERDICT_FAILED, VERDICT_ERROR, VERDICT_SKIPPED, VERDICT_COUNT };

/* Only what was done passes: what has not ended is no success. */
static enum verdict verdict_of(enum step_state state)
{
	switch (state) {
	case STATE_COMPLETED:
		return VERDICT_PASSED;
	case STATE_FAILED:
	case STATE_TIMED_OUT:
		return VERDICT_FAILED;
	case STATE_INTERRUPTED:
		return VERDICT_ERROR;
	default:
		return VERDICT_SKIPPED;
	}
}

struct suite {
	unsigned steps;
	unsigned verdicts[VERDICT_COUNT];
	int64_t duration_ns;
};

static void count_step(struct suite *suite, const struct report_step *step)
{
	suite->steps++;
	suite->verdicts[verdict_of(step->state)]++;
	suite->duration_ns += step->duration_ns > 0 ? step->duration_ns : 0;
}

static void add_counts(struct strbuf *out, const struct suite *suite)
{
	strbuf_addf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"", suite->steps,
		    suite->verdicts[VERDICT_FAILED], suite->verdicts[VERDICT_ERROR], suite->verdicts[VERDICT_SKIPPED]);
	add_seconds(out, suite->duration_ns);
}

/* ---- One step -------------------------------------------------------------------------------------------- */

static const char *message_of(const struct report *report, const struct report_step *step)
{
	const struct report_attempt *trouble = report_last_trouble(report, step);

	if (verdict_of(step->state) != VERDICT_SKIPPED && trouble && *trouble->reason)
		return trouble->reason;
	if (step->state == STATE_SKIPPED && step->attempts.count)
		return report->attempts[step->attempts.first + step->attempts.count - 1].reason;
	if (step->decisions.count && *report->decisions[step->decisions.first + step->decisions.count - 1].reason)
		return report->decisions[step->decisions.first + step->decisions.count - 1].reason;
	return report_state_word(step->state);
}

static void add_problem(struct strbuf *out, const struct report *report, const struct report_step *step)
{
	static const char *const elements[] = { "", "failure", "error", "skipped" };
	enum verdict verdict = verdict_of(step->state);
	const struct report_attempt *trouble = report_last_trouble(report, step);

	if (verdict == VERDICT_PASSED)
		return;
	strbuf_addf(out, "      <%s", elements[verdict]);
	add_attribute(out, "message", message_of(report, step));
	if (verdict == VERDICT_SKIPPED) {
		strbuf_add_str(out, "/>\n");
		return;
	}
	add_attribute(out, "type", state_name(step->state));
	strbuf_add_char(out, '>');
	if (trouble && *trouble->lines)
		add_text(out, trouble->lines);
	if (trouble && *trouble->cause) {
		strbuf_add_str(out, "\nCause: ");
		add_text(out, trouble->cause);
		strbuf_add_str(out, "\nWhat to do: ");
		add_text(out, trouble->action);
	}
	strbuf_addf(out, "</%s>\n", elements[verdict]);
}

/* Attempts before the last one, and who decided what: a tool shows it as the case's output. */
static void add_history(struct strbuf *out, const struct report *report, const struct report_step *step)
{
	if (step->attempts.count < 2 && !step->decisions.count)
		return;
	strbuf_add_str(out, "      <system-out>");
	for (size_t i = 0; i < step->attempts.count; i++) {
		const struct report_attempt *attempt = &report->attempts[step->attempts.first + i];

		strbuf_addf(out, "attempt %u: %s", attempt->number, report_state_word(attempt->state));
		strbuf_add_str(out, *attempt->reason ? ": " : "");
		add_text(out, attempt->reason);
		strbuf_add_char(out, '\n');
	}
	for (size_t i = 0; i < step->decisions.count; i++) {
		const struct report_decision *decision = &report->decisions[step->decisions.first + i];

		add_text(out, report_decision_word(decision));
		strbuf_add_str(out, " by ");
		add_text(out, decision->user);
		strbuf_add_str(out, ": ");
		add_text(out, decision->reason);
		strbuf_add_char(out, '\n');
	}
	strbuf_add_str(out, "</system-out>\n");
}

static void add_case(struct strbuf *out, const struct report *report, const struct report_step *step)
{
	CLEANUP_STRBUF struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "%u %s", step->number, step->description);
	strbuf_add_str(out, "    <testcase");
	add_attribute(out, "name", name.data);
	add_attribute(out, "classname", step->service_model);
	add_seconds(out, step->duration_ns);
	strbuf_add_str(out, ">\n");
	add_problem(out, report, step);
	add_history(out, report, step);
	strbuf_add_str(out, "    </testcase>\n");
}

/* ---- Suites ---------------------------------------------------------------------------------------------- */

static void add_suite(struct strbuf *out, const struct report *report, const char *machine)
{
	struct suite suite = { 0 };
	char time[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < report->step_count; i++)
		if (strcasecmp(report->steps[i].machine, machine) == 0)
			count_step(&suite, &report->steps[i]);
	strbuf_add_str(out, "  <testsuite");
	add_attribute(out, "name", machine);
	add_attribute(out, "hostname", machine);
	add_counts(out, &suite);
	if (report->begin_ns) {
		clock_format_utc(report->begin_ns, time);
		time[strlen("2026-11-21T02:46:38")] = '\0';
		add_attribute(out, "timestamp", time);
	}
	strbuf_add_str(out, ">\n");
	for (size_t i = 0; i < report->step_count; i++)
		if (strcasecmp(report->steps[i].machine, machine) == 0)
			add_case(out, report, &report->steps[i]);
	strbuf_add_str(out, "  </testsuite>\n");
}

void report_write_junit(const struct report *report, struct strbuf *ret)
{
	struct suite all = { 0 };

	for (size_t i = 0; i < report->step_count; i++)
		count_step(&all, &report->steps[i]);
	xml_out_declaration(ret);
	strbuf_add_str(ret, "\n<testsuites");
	add_attribute(ret, "name", report->runbook.id);
	add_counts(ret, &all);
	strbuf_add_str(ret, ">\n");
	for (size_t i = 0; i < report->machines.count; i++)
		add_suite(ret, report, report->machines.items[i]);
	strbuf_add_str(ret, "</testsuites>\n");
}
