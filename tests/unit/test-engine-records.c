// SPDX-License-Identifier: MIT
/* outcome, result, name_value, settle, decide: what the engine reads, writes and concludes without running anything. */
#include "tests/unit/unit.h"

#include <string.h>

#include "engine/decide.h"
#include "engine/drift.h"
#include "engine/result.h"
#include "engine/settle.h"
#include "engine/supervisor/name_value.h"
#include "engine/supervisor/outcome.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static void test_outcome_round_trip(void **state)
{
	CLEANUP(outcome_release) struct outcome read = OUTCOME_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	struct outcome written = { .exit_code = 3,
				   .timed_out = true,
				   .oom_killed = 2,
				   .ended_ns = 12,
				   .duration_ns = 34,
				   .cpu_us = 56,
				   .peak_memory_kb = 78,
				   .log_dropped_bytes = 9,
				   .left_behind = (char *)"a\\b\nc" };

	(void)state;
	outcome_format(&written, &text);
	assert_true(outcome_parse(text.data, &read, &err));
	assert_int_equal(read.exit_code, 3);
	assert_true(read.timed_out);
	assert_int_equal(read.oom_killed, 2);
	assert_int_equal(read.ended_ns, 12);
	assert_int_equal(read.duration_ns, 34);
	assert_int_equal(read.cpu_us, 56);
	assert_int_equal(read.peak_memory_kb, 78);
	assert_int_equal(read.log_dropped_bytes, 9);
	assert_string_equal(read.left_behind, "a\\b\nc");
	assert_null(read.not_started);
}

/* An unreadable outcome is never a success: every proper prefix of a good one is refused, and so are strange ones. */
static void test_torn_outcome_is_unknown(void **state)
{
	static const char *const bad[] = {
		"",
		"# runbook outcome 2\nexit_code=0\nend=outcome\n",
		"# runbook outcome 1\nend=outcome\n",
		"# runbook outcome 1\nexit_code=\nend=outcome\n",
		"# runbook outcome 1\nexit_code=256\nend=outcome\n",
		"# runbook outcome 1\nexit_code=0x0\nend=outcome\n",
		"# runbook outcome 1\nexit_code=0\nsurprise=1\nend=outcome\n",
		"# runbook outcome 1\nexit_code=0\n\nno pair\nend=outcome\n",
	};
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const struct outcome good = { .exit_code = 0 };
	struct outcome read = OUTCOME_INIT;

	(void)state;
	outcome_format(&good, &text);
	for (size_t length = 0; length < text.length; length++) {
		CLEANUP_ERROR struct error err = ERROR_INIT;
		CLEANUP_FREE char *torn = xmemdupz(text.data, length);

		assert_false(outcome_parse(torn, &read, &err));
		assert_int_equal(err.code, ERROR_UNKNOWN);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP_ERROR struct error err = ERROR_INIT;

		assert_false(outcome_parse(bad[i], &read, &err));
	}
}

static void test_outcome_fits_its_reserved_space(void **state)
{
	CLEANUP_FREE char *newlines = xcalloc(1, 100001);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const struct outcome outcome = { .exit_code = -1,
					 .ended_ns = INT64_MIN,
					 .duration_ns = INT64_MIN,
					 .cpu_us = INT64_MIN,
					 .peak_memory_kb = INT64_MIN,
					 .not_started = newlines,
					 .left_behind = newlines };

	(void)state;
	memset(newlines, '\n', 100000);
	outcome_format(&outcome, &text);
	assert_true(text.length <= OUTCOME_RESERVED_BYTES);
}

/* Whether the folder has an outcome if this is in the place that is reserved for it; both ways to look agree. */
static bool counts_as_outcome(const char *folder, const char *data, size_t length)
{
	CLEANUP_FREE char *path = fs_join(folder, ATTEMPT_OUTCOME_RESERVED);
	CLEANUP(outcome_release) struct outcome outcome = OUTCOME_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool seen, found;

	assert_true(fs_write_atomic(path, data, length, FS_MODE_FILE, &err));
	assert_true(outcome_look(folder, &seen, &err));
	assert_true(outcome_read(folder, &outcome, &found, &err));
	assert_int_equal(seen, found);
	assert_int_equal(outcome.exit_code, found ? 7 : -1);
	return found;
}

/* The power may go at any byte of the record, before any of its sectors, and before its name. */
static void test_outcome_without_its_name(void **state)
{
	enum { SECTOR_BYTES = 512 };
	const struct outcome outcome = { .exit_code = 7, .left_behind = (char[1001]){ 0 } };
	char path[] = "/tmp/test-records-XXXXXX";
	char space[OUTCOME_RESERVED_BYTES] = { 0 };
	CLEANUP_FREE char *started = NULL;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	memset(outcome.left_behind, 'x', 1000);
	outcome_format(&outcome, &text);
	assert_true(text.length > SECTOR_BYTES);
	memcpy(space, text.data, text.length);
	assert_non_null(mkdtemp(path));
	started = fs_join(path, ATTEMPT_STARTED);
	/* Without `started` it may be a record that was in this place long ago. */
	assert_false(counts_as_outcome(path, space, sizeof(space)));
	assert_true(fs_write_atomic(started, "", 0, FS_MODE_FILE, &err));
	assert_true(counts_as_outcome(path, space, sizeof(space)));
	assert_true(counts_as_outcome(path, text.data, text.length));
	for (size_t length = 0; length < text.length; length++)
		assert_false(counts_as_outcome(path, text.data, length));
	for (size_t at = 0; at < text.length; at += SECTOR_BYTES) {
		char torn[OUTCOME_RESERVED_BYTES];

		memcpy(torn, space, sizeof(torn));
		memset(torn + at, 0, SECTOR_BYTES);
		assert_false(counts_as_outcome(path, torn, sizeof(torn)));
	}
	assert_true(fs_remove_tree(path, &err));
}

/* A ledger that was put back from a copy starts the attempt again: what the first one left must not be taken for its end. */
static void test_records_of_an_older_ledger(void **state)
{
	static const char *const old[] = { ATTEMPT_STARTED, ATTEMPT_OUTCOME, ATTEMPT_RESULT, ATTEMPT_STOP,
					   ATTEMPT_LOG_RESERVED };
	char path[] = "/tmp/test-records-XXXXXX";
	const struct work_folder folder = { .attempt = path };
	CLEANUP_FREE char *kept = NULL;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_non_null(mkdtemp(path));
	kept = fs_join(path, ATTEMPT_LOCK);
	assert_true(fs_write_atomic(kept, "", 0, FS_MODE_FILE, &err));
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		CLEANUP_FREE char *file = fs_join(path, old[i]);

		assert_true(fs_write_atomic(file, "old\n", 4, FS_MODE_FILE, &err));
	}
	assert_true(work_folder_forget_attempt(&folder, &err));
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		CLEANUP_FREE char *file = fs_join(path, old[i]);

		assert_int_equal(access(file, F_OK), -1);
	}
	assert_int_equal(access(kept, F_OK), 0);
	assert_true(work_folder_forget_attempt(&folder, &err));
	assert_true(fs_remove_tree(path, &err));
}

static bool parse_result(const char *text, struct result *ret, struct error *err)
{
	char path[] = "/tmp/test-result-XXXXXX";
	int fd = mkstemp(path);
	bool fine;

	assert_true(fd >= 0);
	assert_true(fs_write_all(fd, text, strlen(text), path, err));
	assert_int_equal(close(fd), 0);
	fine = result_read(path, ret, err);
	assert_int_equal(unlink(path), 0);
	return fine;
}

static void test_result(void **state)
{
	CLEANUP(result_release) struct result result = RESULT_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_true(result_read("/nonexistent/result", &result, &err));
	assert_true(parse_result("# by hand\r\nreboot=same\r\n\noutput.rows=10\noutput.a.b=x=y\nskip=not needed",
				 &result, &err));
	assert_int_equal(result.reboot, RESULT_REBOOT_SAME);
	assert_string_equal(result.skip, "not needed");
	assert_int_equal(result.output_names.count, 2);
	assert_string_equal(result.output_names.items[1], "a.b");
	assert_string_equal(result.output_values.items[1], "x=y");
}

static void test_result_that_is_not_understood(void **state)
{
	static const char *const bad[] = { "reboot=now", "reboot", "=x", "skip=", "output.=x", "Skip=x", "rebot=next" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(result_release) struct result result = RESULT_INIT;
		CLEANUP_ERROR struct error err = ERROR_INIT;

		assert_false(parse_result(bad[i], &result, &err));
		assert_int_equal(err.code, ERROR_INPUT);
		assert_non_null(strstr(err.message, ":1:"));
	}
}

/* All sixteen combinations, beside the table of design section 7. */
static void test_settling_table(void **state)
{
	(void)state;
	for (int bits = 0; bits < 16; bits++) {
		const struct settle_facts facts = { bits & 1, bits & 2, bits & 4, bits & 8 };
		enum settle_verdict expected;

		if (facts.outcome)
			expected = SETTLE_FINISHED;
		else if (facts.locked)
			expected = SETTLE_RUNNING;
		else if (facts.folder && !facts.started)
			expected = SETTLE_NEVER_RAN;
		else
			expected = SETTLE_LOST;
		assert_int_equal(settle_judge(&facts), expected);
	}
}

static struct ledger_step a_step(enum step_state state)
{
	return (struct ledger_step){ .number = 5,
				     .description = (char *)"",
				     .machine = (char *)"LocalHost",
				     .service_model = (char *)"S",
				     .type = STEP_TYPE_UPDATE,
				     .file_name = (char *)"update.sh",
				     .automated = true,
				     .state = state };
}

static void test_decide_by_state(void **state)
{
	struct run_request request;
	struct ledger_step step = a_step(STATE_NOT_STARTED);

	(void)state;
	run_request_init(&request);
	request.machine = "vm1";
	assert_int_equal(decide(NULL, &request), DECIDE_FINISH);
	assert_int_equal(decide(&step, &request), DECIDE_RUN);
	step = a_step(STATE_COMPLETED);
	assert_int_equal(decide(&step, &request), DECIDE_FINISH);
	step = a_step(STATE_IN_PROGRESS);
	assert_int_equal(decide(&step, &request), DECIDE_STOP_RUNNING);
	step = a_step(STATE_FAILED);
	assert_int_equal(decide(&step, &request), DECIDE_STOP_FAILED);
	step.tries_left = 1;
	assert_int_equal(decide(&step, &request), DECIDE_RETRY);
	step = a_step(STATE_TIMED_OUT);
	assert_int_equal(decide(&step, &request), DECIDE_STOP_FAILED);
	step = a_step(STATE_INTERRUPTED);
	step.tries_left = 3; /* a retry is for what failed, never for what nobody knows */
	assert_int_equal(decide(&step, &request), DECIDE_STOP_UNKNOWN);
	request.auto_resume = true;
	assert_int_equal(decide(&step, &request), DECIDE_RESUME);
	step.no_auto_resume = true;
	assert_int_equal(decide(&step, &request), DECIDE_STOP_UNKNOWN);
}

static void test_decide_by_kind(void **state)
{
	struct run_request request;
	struct ledger_step step = a_step(STATE_NOT_STARTED);

	(void)state;
	run_request_init(&request);
	request.machine = "vm1";
	request.until = 4;
	assert_int_equal(decide(&step, &request), DECIDE_FINISH);
	request.until = 5;
	assert_int_equal(decide(&step, &request), DECIDE_RUN);
	step.machine = (char *)"vm2";
	assert_int_equal(decide(&step, &request), DECIDE_WAIT_MACHINE);
	step.machine = (char *)"VM1";
	assert_int_equal(decide(&step, &request), DECIDE_RUN);
	step.automated = false;
	assert_int_equal(decide(&step, &request), DECIDE_WAIT_MANUAL);
	step.type = STEP_TYPE_ENVIRONMENT_BACKUP;
	request.without_backup = true;
	assert_int_equal(decide(&step, &request), DECIDE_SKIP_BACKUP);
	step = a_step(STATE_NOT_STARTED);
	assert_int_equal(decide(&step, &request), DECIDE_RUN); /* a required step is not skipped */
	step.type = STEP_TYPE_ETW_MANIFEST;
	assert_int_equal(decide(&step, &request), DECIDE_RUN);
	step.file_name = (char *)"";
	assert_int_equal(decide(&step, &request), DECIDE_BUILT_IN);
}

static void test_pauses_grow(void **state)
{
	struct run_request request;

	(void)state;
	run_request_init(&request);
	assert_int_equal(decide_pause_ms(&request, 1), 5000);
	assert_int_equal(decide_pause_ms(&request, 2), 10000);
	assert_int_equal(decide_pause_ms(&request, 4), 40000);
	assert_int_equal(decide_pause_ms(&request, 4000000000), 300000);
	request.retry_pause_ms = 0;
	assert_int_equal(decide_pause_ms(&request, 9), 0);
}

static void test_drift_of_the_interpreter(void **state)
{
	static const char one[] = "0123456789abcdef /bin/sh", two[] = "fedcba9876543210 /bin/sh",
			  other[] = "0123456789abcdef /bin/bash";
	CLEANUP_FREE char *changed = NULL;
	CLEANUP_FREE char *moved = NULL;
	char *none = NULL;

	(void)state;
	assert_false(drift_compare(one, one, &none));
	assert_false(drift_compare(NULL, one, &none));
	assert_false(drift_compare(one, NULL, &none));
	assert_false(drift_compare("torn", one, &none));
	assert_true(drift_compare(one, two, &changed));
	assert_string_equal(changed, "the interpreter /bin/sh has changed (SHA-256 0123456789ab…, now fedcba987654…)");
	assert_true(drift_compare(one, other, &moved));
	assert_non_null(strstr(moved, "was /bin/sh (SHA-256 0123456789ab…) and is now /bin/bash ("));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drift_of_the_interpreter),
		cmocka_unit_test(test_outcome_round_trip),
		cmocka_unit_test(test_torn_outcome_is_unknown),
		cmocka_unit_test(test_outcome_without_its_name),
		cmocka_unit_test(test_records_of_an_older_ledger),
		cmocka_unit_test(test_outcome_fits_its_reserved_space),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_result_that_is_not_understood),
		cmocka_unit_test(test_settling_table),
		cmocka_unit_test(test_decide_by_state),
		cmocka_unit_test(test_decide_by_kind),
		cmocka_unit_test(test_pauses_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
