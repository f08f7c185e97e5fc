// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/step.h"

static void test_states(void **state)
{
	(void)state;
	for (int i = STEP_NOT_STARTED; i <= STEP_FAILED; i++) {
		enum step_document_state parsed = STEP_NOT_STARTED;

		assert_true(step_document_state_parse(step_document_state_name((enum step_document_state)i), &parsed));
		assert_int_equal(parsed, i);
	}
}

static void test_state_words(void **state)
{
	enum step_document_state parsed = STEP_FAILED;

	(void)state;
	assert_true(step_document_state_parse("notstarted", &parsed));
	assert_int_equal(parsed, STEP_NOT_STARTED);
	assert_false(step_document_state_parse("TimedOut", &parsed));
	assert_false(step_document_state_parse("", &parsed));
	assert_int_equal(parsed, STEP_NOT_STARTED);
}

static void test_type_names(void **state)
{
	(void)state;
	for (int i = 0; i < STEP_TYPE_OTHER; i++) {
		const char *name = step_type_name((enum step_type)i);

		assert_int_equal(step_type_of(name, ""), i);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name, step_type_name((enum step_type)j));
	}
}

static void test_types(void **state)
{
	(void)state;
	assert_int_equal(step_type_of("", "Stop script for service model: AOSService on machine: m1"), STEP_TYPE_STOP);
	assert_int_equal(step_type_of("", "Global update script for service model: AOSService on machine: m1"),
			 STEP_TYPE_GLOBAL_UPDATE);
	assert_int_equal(step_type_of("", "GlobalUpdate script for service mode: A on machine: m"),
			 STEP_TYPE_GLOBAL_UPDATE);
	assert_int_equal(step_type_of("", "Updating ETW manifest for service model: A on machine: m"),
			 STEP_TYPE_ETW_MANIFEST);
	assert_int_equal(step_type_of("", "Updating installation info for service model: A on machine: m"),
			 STEP_TYPE_INSTALLATION_INFO);
	assert_int_equal(step_type_of("", "Backup script for environment"), STEP_TYPE_ENVIRONMENT_BACKUP);
	assert_int_equal(step_type_of("Backup", "Backup script for environment"), STEP_TYPE_ENVIRONMENT_BACKUP);
	assert_int_equal(step_type_of("dvt", "anything"), STEP_TYPE_DVT);
	assert_int_equal(step_type_of("Dance", "Stop script for service model: A on machine: m"), STEP_TYPE_OTHER);
	assert_int_equal(step_type_of("", ""), STEP_TYPE_OTHER);
	assert_int_equal(step_type_of("", "A very long word that fits into no word of the table script for x"),
			 STEP_TYPE_OTHER);
	assert_true(step_type_is_built_in(STEP_TYPE_ETW_MANIFEST));
	assert_true(step_type_is_built_in(STEP_TYPE_INSTALLATION_INFO));
	assert_false(step_type_is_built_in(STEP_TYPE_UPDATE));
}

static void test_script(void **state)
{
	struct script script;
	struct script copy;

	(void)state;
	script_init(&script);
	assert_true(script_is_empty(&script));
	script.sub_steps = xcalloc(1, sizeof(*script.sub_steps));
	script.sub_step_count = 1;
	script.sub_steps[0] = (struct sub_step){ xstrdup("n"), xstrdup("g"), xstrdup("f"), xstrdup("d") };
	script.retry_count = 7;
	free(script.description);
	script.description = xstrdup("do it by hand");
	script_copy(&copy, &script);
	script_release(&script);
	assert_false(script_is_empty(&copy));
	assert_string_equal(copy.description, "do it by hand");
	assert_string_equal(copy.sub_steps[0].group, "g");
	assert_int_equal(copy.retry_count, 7);
	script_release(&copy);
}

static void test_automated_without_file(void **state)
{
	struct script script;

	(void)state;
	script_init(&script);
	script.automated = true;
	assert_false(script_is_empty(&script));
	script_release(&script);
}

static void test_list(void **state)
{
	CLEANUP_STEP_LIST struct step_list list = STEP_LIST_INIT;

	(void)state;
	for (unsigned i = 1; i <= 100; i++)
		assert_int_equal(step_list_add(&list)->number, i);
	assert_string_equal(list.items[99].start_time, CLOCK_TEXT_MIN);
	assert_string_equal(list.items[99].end_time, CLOCK_TEXT_MAX);
	assert_string_equal(list.items[0].script.file_name, "");
	assert_int_equal(list.items[0].state, STEP_NOT_STARTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),     cmocka_unit_test(test_state_words),
		cmocka_unit_test(test_type_names), cmocka_unit_test(test_types),
		cmocka_unit_test(test_script),     cmocka_unit_test(test_automated_without_file),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
