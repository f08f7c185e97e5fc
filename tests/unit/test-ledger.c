// SPDX-License-Identifier: MIT
#include "tests/unit/ledger_acts.h"

static void test_runbooks(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	assert_refused(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err, ERROR_INPUT, "has none");
	fixture_add_runbook(fixture, "AX7", 4, NULL);
	fixture_add_runbook(fixture, "other", 2, NULL);
	assert_fine(ledger_runbook_get(fixture->ledger, "ax7", &runbook, &err), &err);
	assert_string_equal(runbook.id, "AX7");
	assert_string_equal(runbook.package_root, "/package");
	assert_string_equal(runbook.package_type, "MergedPackage");
	assert_int_equal(runbook.step_count, 4);
	assert_int_equal(runbook.counts[STATE_NOT_STARTED], 4);
	assert_int_equal(runbook.started_ns, 0);
	assert_int_equal(runbook.imported_ns, 1000);
	ledger_runbook_release(&runbook);
	assert_refused(ledger_runbook_get(fixture->ledger, "AX8", &runbook, &err), &err, ERROR_INPUT,
		       "no runbook AX8; there are: other, AX7");
}

static bool add_id(void *context, const struct ledger_runbook *runbook, struct error *err)
{
	strbuf_addf(context, "%s ", runbook->id);
	return strcmp(runbook->id, "stop") != 0 || error_set(err, ERROR_USAGE, "stopped");
}

static void test_each_runbook_oldest_first(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf ids = STRBUF_INIT;

	fixture_add_runbook(fixture, "b", 1, NULL);
	fixture_add_runbook(fixture, "a", 1, NULL);
	assert_fine(ledger_runbook_each(fixture->ledger, add_id, &ids, &err), &err);
	assert_string_equal(ids.data, "b a ");
	fixture_add_runbook(fixture, "stop", 1, NULL);
	fixture_add_runbook(fixture, "c", 1, NULL);
	strbuf_clear(&ids);
	assert_refused(ledger_runbook_each(fixture->ledger, add_id, &ids, &err), &err, ERROR_USAGE, "stopped");
	assert_string_equal(ids.data, "b a stop ");
}

static void test_step(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	fixture_add_runbook(fixture, "AX7", 4, NULL);
	assert_fine(ledger_step_get(fixture->ledger, fixture->runbook, 4, &step, &err), &err);
	assert_int_equal(step.number, 4);
	assert_string_equal(step.description, "Step 4");
	assert_string_equal(step.machine, "vm1");
	assert_string_equal(step.service_model, "AOSService");
	assert_string_equal(step.file_name, "script1.sh");
	assert_string_equal(step.script_sha256, "abc");
	assert_int_equal(step.type, STEP_TYPE_OTHER);
	assert_true(step.automated);
	assert_int_equal(step.state, STATE_NOT_STARTED);
	assert_int_equal(step.tries_left, 2);
	ledger_step_release(&step);
	assert_refused(ledger_step_get(fixture->ledger, fixture->runbook, 5, &step, &err), &err, ERROR_INPUT,
		       "no step 5: runbook AX7 has steps 1 to 4");
	assert_refused(ledger_step_get(fixture->ledger, 99, 1, &step, &err), &err, ERROR_INPUT, "no runbook");
}

static bool add_number(void *context, const struct ledger_step *step, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%u ", step->number);
	return true;
}

static uint32_t next_step(struct fixture *fixture)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	uint32_t next;

	assert_fine(ledger_step_next(fixture->ledger, fixture->runbook, &next, &err), &err);
	return next;
}

static void test_next_step(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	fixture_add_runbook(fixture, "AX7", 3, NULL);
	fixture_add_runbook(fixture, "AX8", 3, NULL);
	assert_int_equal(next_step(fixture), 1);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_SET_COMPLETE, "", &err), &err);
	assert_int_equal(next_step(fixture), 1);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_int_equal(next_step(fixture), 1);
	assert_fine(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
	assert_int_equal(next_step(fixture), 3);
	assert_fine(fixture_override(fixture, 3, OVERRIDE_SKIP, "no need", &err), &err);
	assert_int_equal(next_step(fixture), 0);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_RERUN, "", &err), &err);
	assert_int_equal(next_step(fixture), 2);
	assert_fine(fixture_override(fixture, 3, OVERRIDE_RERUN, "", &err), &err);
	assert_int_equal(next_step(fixture), 2);
	assert_fine(fixture_override(fixture, 1, OVERRIDE_RERUN, "", &err), &err);
	assert_int_equal(next_step(fixture), 1);
}

static void test_each_step(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf numbers = STRBUF_INIT;

	fixture_add_runbook(fixture, "before", 3, NULL);
	fixture_add_runbook(fixture, "AX7", 5, NULL);
	fixture_add_runbook(fixture, "behind", 3, NULL);
	fixture->runbook--;
	assert_fine(ledger_step_each(fixture->ledger, (struct ledger_range){ fixture->runbook, 1, 0 }, add_number,
				     &numbers, &err),
		    &err);
	assert_string_equal(numbers.data, "1 2 3 4 5 ");
	strbuf_clear(&numbers);
	assert_fine(ledger_step_each(fixture->ledger, (struct ledger_range){ fixture->runbook, 2, 3 }, add_number,
				     &numbers, &err),
		    &err);
	assert_string_equal(numbers.data, "2 3 ");
}

static void test_troubled_steps(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf numbers = STRBUF_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	fixture_add_runbook(fixture, "other", 2, NULL);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	fixture_add_runbook(fixture, "AX7", 6, NULL);
	for (uint32_t number = 1; number <= 5; number++)
		assert_fine(fixture_start(fixture, number, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
	assert_fine(fixture_end(fixture, 2, 1, STATE_INTERRUPTED, &err), &err);
	assert_fine(fixture_end(fixture, 3, 1, STATE_SKIPPED, &err), &err);
	assert_fine(fixture_end(fixture, 4, 1, STATE_TIMED_OUT, &err), &err);
	assert_fine(ledger_step_each_troubled(fixture->ledger, fixture->runbook, add_number, &numbers, &err), &err);
	assert_string_equal(numbers.data, "2 4 5 ");
	assert_fine(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err);
	for (int s = 0; s < STATE_COUNT; s++)
		assert_int_equal(runbook.counts[s], s == STATE_FAILED ? 0 : 1);
	assert_int_equal(runbook.started_ns, 5000);
	assert_int_equal(runbook.ended_ns, 9000);
}

static bool add_script(void *context, const struct ledger_script *script, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%s/%s@%u:%s ", script->service_model, script->file_name, script->first_step,
		    script->machine);
	return true;
}

static void some_elsewhere(struct step *step)
{
	if (step->number == 4)
		step->machine[2] = '2';
	if (step->number == 5)
		*step->script.file_name = '\0';
}

static void test_scripts_of_what_is_not_done(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf scripts = STRBUF_INIT;

	fixture_add_runbook(fixture, "AX7", 8, some_elsewhere);
	assert_fine(fixture_override(fixture, 3, OVERRIDE_SET_COMPLETE, "", &err), &err);
	assert_fine(ledger_script_each(fixture->ledger, fixture->runbook, add_script, &scripts, &err), &err);
	assert_string_equal(scripts.data, "AOSService/script1.sh@1:vm1 AOSService/script2.sh@2:vm1 "
					  "AOSService/script1.sh@4:vm2 AOSService/script0.sh@6:vm1 ");
}

static void test_attempt(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	assert_refused(ledger_attempt_get(fixture->ledger, fixture_place(fixture, 2, 0), &attempt, &err), &err,
		       ERROR_INPUT, "has no attempts");
	assert_fine(fixture_start(fixture, 2, &err), &err);
	assert_fine(ledger_attempt_get(fixture->ledger, fixture_place(fixture, 2, 0), &attempt, &err), &err);
	assert_int_equal(attempt.step, 2);
	assert_int_equal(attempt.number, 1);
	assert_int_equal(attempt.state, STATE_IN_PROGRESS);
	assert_string_equal(attempt.boot_id, "boot");
	assert_int_equal(attempt.started_ns, 5000);
	assert_int_equal(attempt.started_boot_ns, 50);
	assert_int_equal(attempt.ended_ns, 0);
	assert_int_equal(attempt.duration_ns, -1);
	assert_int_equal(attempt.exit_code, -1);
	assert_int_equal(attempt.signal, 0);
	assert_string_equal(attempt.log_path, "/folder/log");
	assert_string_equal(attempt.user, "root");
	ledger_attempt_release(&attempt);
	assert_fine(fixture_end(fixture, 2, 1, STATE_FAILED, &err), &err);
	assert_fine(ledger_attempt_get(fixture->ledger, fixture_place(fixture, 2, 1), &attempt, &err), &err);
	assert_int_equal(attempt.state, STATE_FAILED);
	assert_int_equal(attempt.ended_ns, 9000);
	assert_int_equal(attempt.duration_ns, 4000);
	assert_int_equal(attempt.exit_code, 1);
	assert_int_equal(attempt.cpu_us, -1);
	assert_int_equal(attempt.peak_memory_kb, 77);
	ledger_attempt_release(&attempt);
	assert_refused(ledger_attempt_get(fixture->ledger, fixture_place(fixture, 2, 2), &attempt, &err), &err,
		       ERROR_INPUT, "step 2 has attempts 1 to 1");
}

static void test_attempt_misuse(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	assert_refused(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err, ERROR_REFUSED, "is not running");
	assert_refused(fixture_start(fixture, 3, &err), &err, ERROR_INPUT, "no step 3");
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_refused(fixture_start(fixture, 1, &err), &err, ERROR_REFUSED, "step 1 is running");
	assert_refused(fixture_end(fixture, 1, 2, STATE_COMPLETED, &err), &err, ERROR_REFUSED, "is not running");
	assert_refused(fixture_end(fixture, 1, 1, STATE_NOT_STARTED, &err), &err, ERROR_REFUSED,
		       "cannot end as NotStarted");
	assert_refused(fixture_end(fixture, 1, 1, STATE_IN_PROGRESS, &err), &err, ERROR_REFUSED,
		       "cannot end as InProgress");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_SET_COMPLETE, "", &err), &err, ERROR_REFUSED,
		       "step 1 is running");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_RERUN, "", &err), &err, ERROR_REFUSED, "is running");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_SKIP, "x", &err), &err, ERROR_REFUSED, "is running");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_MERGED, "", &err), &err, ERROR_REFUSED, "is running");
	assert_fine(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
	assert_refused(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err, ERROR_REFUSED, "is not running");
	assert_refused(fixture_start(fixture, 1, &err), &err, ERROR_REFUSED,
		       "step 1 is Completed: it cannot be started unless a rerun is asked for");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_SET_COMPLETE, "", &err), &err, ERROR_REFUSED,
		       "step 1 is Completed: it cannot be set complete");
	assert_refused(fixture_override(fixture, 1, OVERRIDE_IMPORTED, "", &err), &err, ERROR_REFUSED, "override");
	assert_refused(fixture_override(fixture, 2, OVERRIDE_SKIP, "", &err), &err, ERROR_REFUSED, "without a reason");
	assert_int_equal(fixture_state(fixture, 1), STATE_COMPLETED);
	assert_int_equal(fixture_state(fixture, 2), STATE_NOT_STARTED);
}

static uint32_t tries_left(struct fixture *fixture)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	assert_fine(ledger_step_get(fixture->ledger, fixture->runbook, 1, &step, &err), &err);
	return step.tries_left;
}

static void test_retries_survive_and_start_anew_with_a_rerun(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	static const uint32_t left[] = { 2, 1, 0, 0 };

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	for (uint32_t number = 1; number <= 4; number++) {
		assert_fine(fixture_start(fixture, 1, &err), &err);
		assert_int_equal(tries_left(fixture), left[number - 1]);
		ledger_close(fixture->ledger); /* the engine was killed */
		fixture_open(fixture, LEDGER_WRITE);
		assert_fine(fixture_end(fixture, 1, number, STATE_FAILED, &err), &err);
		assert_int_equal(tries_left(fixture), left[number - 1]);
	}
	assert_fine(fixture_override(fixture, 1, OVERRIDE_RERUN, "", &err), &err);
	assert_int_equal(tries_left(fixture), 2);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(fixture_end(fixture, 1, 5, STATE_FAILED, &err), &err);
	assert_int_equal(tries_left(fixture), 2);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_int_equal(tries_left(fixture), 1);
}

static bool add_attempt(void *context, const struct ledger_attempt *attempt, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%u.%u:%s ", attempt->step, attempt->number, state_name(attempt->state));
	return true;
}

static void test_each_attempt(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	fixture_add_runbook(fixture, "AX7", 3, NULL);
	assert_fine(fixture_start(fixture, 3, &err), &err);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_FAILED, &err), &err);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(ledger_attempt_each(fixture->ledger, fixture_place(fixture, 0, 0), add_attempt, &text, &err), &err);
	assert_string_equal(text.data, "1.1:Failed 1.2:InProgress 3.1:InProgress ");
	strbuf_clear(&text);
	assert_fine(
		ledger_attempt_each_running(fixture->ledger, fixture_place(fixture, 0, 0), add_attempt, &text, &err),
		&err);
	assert_string_equal(text.data, "1.2:InProgress 3.1:InProgress ");
	strbuf_clear(&text);
	assert_fine(
		ledger_attempt_each_running(fixture->ledger, fixture_place(fixture, 1, 0), add_attempt, &text, &err),
		&err);
	assert_fine(ledger_attempt_each(fixture->ledger, fixture_place(fixture, 2, 0), add_attempt, &text, &err), &err);
	assert_string_equal(text.data, "1.2:InProgress ");
}

static bool add_override(void *context, const struct ledger_override *override, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%u:%s:%s:%s:%s ", override->step, override_kind_name(override->kind),
		    state_name(override->state), override->reason, override->user);
	return true;
}

static void test_overrides(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	fixture_add_runbook(fixture, "AX7", 3, NULL);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_MERGED, "vm2", &err), &err);
	assert_fine(fixture_override(fixture, 1, OVERRIDE_ACCEPT_CHANGE, "fixed", &err), &err);
	assert_fine(ledger_step_get(fixture->ledger, fixture->runbook, 1, &step, &err), &err);
	assert_string_equal(step.script_sha256, "def");
	assert_int_equal(step.state, STATE_NOT_STARTED);
	assert_fine(fixture_override(fixture, 1, OVERRIDE_SET_COMPLETE, "by hand", &err), &err);
	assert_fine(ledger_override_each(fixture->ledger, fixture_place(fixture, 0, 0), add_override, &text, &err),
		    &err);
	assert_string_equal(text.data,
			    "1:AcceptChange:NotStarted:fixed:root (alice) 1:SetComplete:Completed:by hand:root (alice) "
			    "2:Merged:Completed:vm2:root (alice) ");
}

static void first_two_are_done(struct step *step)
{
	step->state = step->number <= 2 ? STEP_COMPLETED : step->number == 4 ? STEP_FAILED : STEP_NOT_STARTED;
}

static void test_states_that_came_with_the_file(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	fixture_add_runbook(fixture, "AX7", 4, first_two_are_done);
	assert_fine(ledger_runbook_get(fixture->ledger, "AX7", &runbook, &err), &err);
	assert_int_equal(runbook.counts[STATE_NOT_STARTED], 1);
	assert_int_equal(runbook.counts[STATE_COMPLETED], 2);
	assert_int_equal(runbook.counts[STATE_TIMED_OUT], 1);
	assert_int_equal(runbook.started_ns, 0);
	assert_int_equal(next_step(fixture), 3);
	assert_fine(ledger_override_each(fixture->ledger, fixture_place(fixture, 4, 0), add_override, &text, &err),
		    &err);
	assert_string_equal(text.data, "4:Imported:TimedOut:test: ");
	assert_fine(fixture_start(fixture, 4, &err), &err);
}

static void test_transaction(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	fixture_add_runbook(fixture, "AX7", 2, NULL);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	/* A refusal in a transaction undoes nothing but itself. */
	assert_fine(ledger_begin(fixture->ledger, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
	assert_refused(fixture_start(fixture, 1, &err), &err, ERROR_REFUSED, "is Completed");
	assert_fine(fixture_start(fixture, 2, &err), &err);
	assert_fine(ledger_commit(fixture->ledger, &err), &err);
	assert_int_equal(fixture_state(fixture, 1), STATE_COMPLETED);
	assert_int_equal(fixture_state(fixture, 2), STATE_IN_PROGRESS);
	assert_fine(ledger_begin(fixture->ledger, &err), &err);
	assert_fine(fixture_end(fixture, 2, 1, STATE_COMPLETED, &err), &err);
	ledger_rollback(fixture->ledger);
	ledger_rollback(fixture->ledger);
	assert_int_equal(fixture_state(fixture, 2), STATE_IN_PROGRESS);
}

static bool add_component(void *context, const struct ledger_component *component, struct error *err)
{
	(void)err;
	strbuf_addf(context, "%s %s (%s, %s); ", component->name, component->version, component->runbook_id,
		    component->package_root);
	return true;
}

static void test_components(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const struct ledger_component components[] = {
		{ LENT("ShopWeb"), LENT("1.0"), LENT("run1"), LENT("/p1"), 10, 0 },
		{ LENT("ShopData"), LENT("1.0"), LENT("run1"), LENT("/p1"), 30, 0 },
		{ LENT("SHOPWEB"), LENT("2.0"), LENT("run2"), LENT("/p2"), 20, 0 },
	};

	for (uint32_t i = 0; i < 3; i++)
		assert_fine(ledger_component_add(fixture->ledger, &components[i], i + 1, &err), &err);
	assert_fine(ledger_component_each(fixture->ledger, add_component, &text, &err), &err);
	assert_string_equal(text.data, "ShopData 1.0 (run1, /p1); SHOPWEB 2.0 (run2, /p2); ");
}

static void test_outputs_and_logs(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct ledger_attempt attempt = {
		.step = 1, .number = 1, .ended_ns = 9000, .log_path = LENT("/folder/log")
	};

	fixture_add_runbook(fixture, "AX7", 1, NULL);
	assert_refused(ledger_output_add(fixture->ledger, fixture_place(fixture, 1, 1), "a", "1", &err), &err,
		       ERROR_REFUSED, "FOREIGN KEY");
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(ledger_output_add(fixture->ledger, fixture_place(fixture, 1, 1), "a", "1", &err), &err);
	assert_fine(ledger_output_add(fixture->ledger, fixture_place(fixture, 1, 1), "a", "2", &err), &err);
	assert_fine(ledger_log_add(fixture->ledger, fixture->runbook, &attempt, "no such table", &err), &err);
}

#define LEDGER_TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEDGER_TEST(test_runbooks),
		LEDGER_TEST(test_each_runbook_oldest_first),
		LEDGER_TEST(test_step),
		LEDGER_TEST(test_next_step),
		LEDGER_TEST(test_each_step),
		LEDGER_TEST(test_troubled_steps),
		LEDGER_TEST(test_scripts_of_what_is_not_done),
		LEDGER_TEST(test_attempt),
		LEDGER_TEST(test_attempt_misuse),
		LEDGER_TEST(test_retries_survive_and_start_anew_with_a_rerun),
		LEDGER_TEST(test_each_attempt),
		LEDGER_TEST(test_overrides),
		LEDGER_TEST(test_states_that_came_with_the_file),
		LEDGER_TEST(test_transaction),
		LEDGER_TEST(test_components),
		LEDGER_TEST(test_outputs_and_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
