// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include "steps/state.h"

/* The whole table once more, as a picture: '.' is not allowed, else the first letter of the state (T: TimedOut, X: Interrupted). */
static const char expected[STATE_COUNT][EVENT_COUNT + 1] = {
	/*                      start succeed fail time-out lose skip set-complete rerun */
	[STATE_NOT_STARTED] = "I....SCN", [STATE_IN_PROGRESS] = ".CFTXS..", [STATE_COMPLETED] = ".......N",
	[STATE_FAILED] = "I....SCN",      [STATE_TIMED_OUT] = "I....SCN",   [STATE_INTERRUPTED] = "I....SCN",
	[STATE_SKIPPED] = ".......N",
};

static void test_every_state_and_event(void **state)
{
	static const char letters[] = "NICFTXS";

	(void)state;
	for (unsigned s = 0; s < STATE_COUNT; s++) {
		for (unsigned e = 0; e < EVENT_COUNT; e++) {
			enum step_state next = STATE_COUNT;
			bool allowed = state_next((enum step_state)s, (enum step_event)e, &next);

			assert_int_equal(allowed, expected[s][e] != '.');
			if (allowed)
				assert_int_equal(letters[next], expected[s][e]);
			else
				assert_int_equal(next, STATE_COUNT); /* set only on success */
		}
	}
}

static void test_names(void **state)
{
	enum step_state parsed;

	(void)state;
	for (unsigned s = 0; s < STATE_COUNT; s++) {
		assert_true(state_parse(state_name((enum step_state)s), &parsed));
		assert_int_equal(parsed, s);
	}
	assert_string_equal(state_name(STATE_TIMED_OUT), "TimedOut");
	assert_false(state_parse("completed", &parsed));
	assert_false(state_parse("", &parsed));
}

static void test_done(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATE_COUNT; s++)
		assert_int_equal(state_is_done((enum step_state)s), s == STATE_COMPLETED || s == STATE_SKIPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_state_and_event),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
