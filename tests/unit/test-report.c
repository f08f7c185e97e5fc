// SPDX-License-Identifier: MIT
/* report: what follows from what was read, and what the writers make of it. What they do with real runs: tests/cli/test-report.sh. */
#include "tests/unit/unit.h"

#include <string.h>

#include "engine/report/bundle.h"
#include "engine/report/report_scale.h"
#include "engine/report/report_words.h"
#include "engine/report/report_write.h"
#include "runbook/base/alloc.h"

#define SECOND INT64_C(1000000000)

static char empty[] = "";

static struct report_attempt attempt_of(uint32_t step, uint32_t number, enum step_state state, int64_t from_s,
					int64_t to_s)
{
	return (struct report_attempt){ .step = step,
					.number = number,
					.state = state,
					.started_ns = from_s * SECOND,
					.ended_ns = to_s * SECOND,
					.duration_ns = (to_s - from_s) * SECOND,
					.exit_code = -1,
					.cpu_us = -1,
					.peak_memory_kb = -1,
					.reason = empty,
					.user = empty,
					.log_path = empty,
					.left_behind = empty,
					.lines = empty,
					.cause = empty,
					.action = empty };
}

static struct report_step step_of(uint32_t number, enum step_state state, size_t first_attempt, size_t attempts)
{
	return (struct report_step){ .number = number,
				     .state = state,
				     .type = STEP_TYPE_UPDATE,
				     .automated = true,
				     .description = empty,
				     .machine = (char *)"m",
				     .service_model = (char *)"S",
				     .file_name = (char *)"Update.sh",
				     .instruction = empty,
				     .attempts = { first_attempt, attempts },
				     .duration_ns = -1,
				     .earlier_ns = -1 };
}

/* Two steps: the first one failed, was tried again after ten seconds, and an hour later the second one ran. */
struct sample {
	struct report report;
	struct report_step steps[2];
	struct report_attempt attempts[3];
};

static void sample_make(struct sample *sample)
{
	*sample = (struct sample){
		.steps = { step_of(1, STATE_COMPLETED, 0, 2), step_of(2, STATE_COMPLETED, 2, 1) },
		.attempts = { attempt_of(1, 1, STATE_FAILED, 1000, 1030), attempt_of(1, 2, STATE_COMPLETED, 1040, 1100),
			      attempt_of(2, 1, STATE_COMPLETED, 4700, 4710) },
	};
	sample->report = (struct report){
		.steps = sample->steps, .step_count = 2, .attempts = sample->attempts, .attempt_count = 3
	};
	sample->report.runbook.id = (char *)"r";
	sample->report.runbook.package_root = sample->report.runbook.version = sample->report.runbook.package_type =
		empty;
	sample->report.runbook.step_count = 2;
	sample->report.acceptance.restored_by = sample->report.acceptance.restores = empty;
	sample->report.acceptance.signed_by = sample->report.acceptance.sign_reason = empty;
	strv_push(&sample->report.machines, "m");
}

static void sample_release(struct sample *sample)
{
	free(sample->report.longest);
	strv_release(&sample->report.machines);
}

#define CLEANUP_SAMPLE CLEANUP(sample_release)

static void test_waiting_and_working(void **state)
{
	CLEANUP_SAMPLE struct sample sample;

	(void)state;
	sample_make(&sample);
	report_conclude(&sample.report);
	assert_int_equal(sample.report.outcome, REPORT_COMPLETED);
	assert_int_equal(sample.report.begin_ns, 1000 * SECOND);
	assert_int_equal(sample.report.end_ns, 4710 * SECOND);
	assert_int_equal(sample.report.working_ns, 100 * SECOND);
	assert_int_equal(sample.attempts[0].waited_ns, 0);
	assert_int_equal(sample.attempts[1].waited_ns, 10 * SECOND);
	assert_int_equal(sample.attempts[2].waited_ns, 3600 * SECOND);
	assert_int_equal(sample.report.longest_count, 2);
	assert_int_equal(sample.report.longest[0], 0);
	assert_int_equal(sample.steps[0].duration_ns, 60 * SECOND);
}

/* Somebody has set the clock back: nothing becomes negative. */
static void test_clock_that_was_set_back(void **state)
{
	CLEANUP_SAMPLE struct sample sample;

	(void)state;
	sample_make(&sample);
	sample.attempts[2] = attempt_of(2, 1, STATE_COMPLETED, 1010, 1005);
	report_conclude(&sample.report);
	assert_int_equal(sample.attempts[2].waited_ns, 0);
	assert_int_equal(sample.report.working_ns, 90 * SECOND);
	assert_int_equal(sample.report.end_ns, 1100 * SECOND);
}

static void test_outcome(void **state)
{
	static const struct {
		enum step_state step;
		enum report_outcome outcome;
		const char *headline;
	} cases[] = {
		{ STATE_FAILED, REPORT_FAILED, "Failed at step 2 of 2" },
		{ STATE_TIMED_OUT, REPORT_TIMED_OUT, "Timed out at step 2 of 2" },
		{ STATE_INTERRUPTED, REPORT_UNKNOWN, "Outcome unknown: step 2 of 2" },
		{ STATE_IN_PROGRESS, REPORT_UNDER_WAY, "Under way: step 2 of 2" },
		{ STATE_NOT_STARTED, REPORT_UNFINISHED, "Not finished: step 2 of 2 is next" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_SAMPLE struct sample sample;
		CLEANUP_STRBUF struct strbuf headline = STRBUF_INIT;

		sample_make(&sample);
		sample.steps[1].state = cases[i].step;
		sample.report.next_step = 2;
		report_conclude(&sample.report);
		assert_int_equal(sample.report.outcome, cases[i].outcome);
		report_headline(&sample.report, &headline);
		assert_string_equal(headline.data, cases[i].headline);
	}
}

/* The hour in which nothing ran takes its fixed piece; everything else lies in order and within the line. */
static void test_scale_folds_pauses(void **state)
{
	CLEANUP_SAMPLE struct sample sample;
	struct report_scale scale;
	double last = -1;

	(void)state;
	sample_make(&sample);
	report_conclude(&sample.report);
	assert_true(report_scale_make(&sample.report, &scale));
	assert_int_equal(scale.fold_count, 1);
	assert_true(report_scale_at(&scale, 4700 * SECOND) - report_scale_at(&scale, 1100 * SECOND) <
		    REPORT_FOLD_WIDTH + 0.01);
	assert_true(report_scale_at(&scale, 1000 * SECOND) < 0.01);
	assert_true(report_scale_at(&scale, 4710 * SECOND) > 99.99);
	assert_true(report_scale_at(&scale, 9999 * SECOND) < 100.01);
	for (int64_t second = 900; second < 4800; second += 7) {
		double at = report_scale_at(&scale, second * SECOND);

		assert_true(at >= last && at <= 100.01);
		last = at;
	}
}

/* More pauses than can be folded: the longest are, in the order of time. */
static void test_scale_folds_the_longest(void **state)
{
	struct report_attempt attempts[20];
	struct report report = { .attempts = attempts, .attempt_count = 20, .working_ns = 20 * SECOND };
	struct report_scale scale;
	int64_t clock = 1000;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		int64_t wait = 100 + (int64_t)(i * 7 % 20);

		clock += wait;
		attempts[i] = attempt_of(1, (uint32_t)i + 1, STATE_COMPLETED, clock, clock + 1);
		attempts[i].waited_ns = i ? wait * SECOND : 0;
		clock++;
	}
	assert_true(report_scale_make(&report, &scale));
	assert_int_equal(scale.fold_count, REPORT_FOLDS);
	for (size_t i = 0; i < scale.fold_count; i++) {
		assert_true(scale.folds[i].end_ns - scale.folds[i].begin_ns >= (119 - REPORT_FOLDS) * SECOND);
		assert_true(!i || scale.folds[i].begin_ns > scale.folds[i - 1].begin_ns);
	}
}

static void test_differences(void **state)
{
	static const struct {
		int64_t now_s, before_s;
		const char *text;
	} cases[] = { { 60, 50, "a: 50 s (+20 %)" },
		      { 25, 50, "a: 50 s (-50 %)" },
		      { 50, 50, "a: 50 s (+0 %)" },
		      { 5000, 50, "a: 50 s (more than ten times)" },
		      { 5, 0, "a: 0.0 s" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report_step step = { .duration_ns = cases[i].now_s * SECOND,
					    .earlier_ns = cases[i].before_s * SECOND,
					    .earlier_id = (char *)"a" };
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		report_difference(&step, &text);
		assert_string_equal(text.data, cases[i].text);
	}
}

static void test_recorded_lines(void **state)
{
	struct report_attempt attempt = { .lines = xstrdup(""), .cause = xstrdup(""), .action = xstrdup("") };

	(void)state;
	report_take_lines(
		"line 3: no space\nline 9: stop\ncause: The disk is full (DiskFull)\ndo:    Make room\nthe last lines:\na\nstop\n\n",
		&attempt);
	assert_string_equal(attempt.cause, "The disk is full (DiskFull)");
	assert_string_equal(attempt.action, "Make room");
	assert_string_equal(attempt.lines, "no space\na\nstop");
	report_take_lines("only\nlines\n", &attempt);
	assert_string_equal(attempt.lines, "only\nlines");
	free(attempt.lines);
	free(attempt.cause);
	free(attempt.action);
}

/* Whatever stands in any text, the documents stay what they are. */
static void test_writers_escape(void **state)
{
	static char hostile[] = "</pre><b>\"'&\x01\xff\n]]>";
	CLEANUP_SAMPLE struct sample sample;
	CLEANUP_STRBUF struct strbuf html = STRBUF_INIT, junit = STRBUF_INIT, text = STRBUF_INIT;

	(void)state;
	sample_make(&sample);
	sample.report.runbook.version = hostile;
	sample.steps[0].description = sample.steps[0].instruction = hostile;
	sample.attempts[0].reason = sample.attempts[0].lines = sample.attempts[0].user = hostile;
	sample.attempts[0].cause = sample.attempts[0].action = sample.attempts[0].left_behind = hostile;
	report_conclude(&sample.report);
	report_write_html(&sample.report, &html);
	report_write_junit(&sample.report, &junit);
	report_write_text(&sample.report, &text);
	assert_null(strstr(html.data, "<b>\""));
	assert_null(strstr(junit.data, "<b>"));
	assert_null(strstr(html.data, "\x01"));
	assert_null(strstr(junit.data, "\xff"));
	assert_null(strstr(text.data, "\x01"));
	assert_non_null(strstr(html.data, "&lt;/pre&gt;&lt;b&gt;"));
}

/* The last look before a bundle is written: it notices what was not masked, and nothing else. */
static void test_bundle_is_looked_over(void **state)
{
	CLEANUP_STRBUF struct strbuf plain = STRBUF_INIT, masked = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	strbuf_add_str(&plain, "one\npassword=hunter2secret\ntwo\n");
	strbuf_add_str(&masked, "one\npassword=***\ntwo\n");
	assert_true(bundle_check("logs/1", &masked, &err));
	assert_false(bundle_check("logs/1", &plain, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, "logs/1"));
	assert_null(strstr(err.message, "hunter2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiting_and_working),
		cmocka_unit_test(test_clock_that_was_set_back),
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_scale_folds_pauses),
		cmocka_unit_test(test_scale_folds_the_longest),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_writers_escape),
		cmocka_unit_test(test_recorded_lines),
		cmocka_unit_test(test_bundle_is_looked_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
