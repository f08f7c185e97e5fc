// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <ctype.h>
#include <string.h>

#include "engine/commands/advice.h"
#include "engine/commands/help.h"
#include "runbook/base/alloc.h"

/* ---- The tables ----------------------------------------------------------------------------------------------- */

static bool is_name(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz")];
}

static void assert_sentence(const char *text)
{
	assert_true(isupper((unsigned char)*text));
	assert_true(text[strlen(text) - 1] != '.');
}

static void assert_option(const struct option *option)
{
	assert_true(is_name(option->name));
	assert_sentence(option->help);
	assert_non_null(option->value);
	if (option->kind == OPTION_FLAG)
		assert_true(!option->required && (!*option->value || strcmp(option->value, "true|false") == 0));
	else
		assert_true(*option->value);
	if (option->kind == OPTION_NUMBER)
		assert_true(!option->maximum || option->minimum <= option->maximum);
	else
		assert_true(!option->minimum && !option->maximum);
}

static void test_tables_are_well_formed(void **state)
{
	for (const struct command *const *command = command_table; *command; command++) {
		const struct option *options[OPTION_LIMIT];
		size_t count = option_list((*command)->options, options);

		assert_sentence((*command)->summary);
		assert_non_null((*command)->description);
		assert_non_null((*command)->run);
		assert_true((*command)->operand_min <= (*command)->operand_max);
		assert_int_equal((*command)->operands != NULL, (*command)->operand_max > 0);
		for (size_t i = 0; i < count; i++) {
			assert_option(options[i]);
			assert_ptr_equal(option_find((*command)->options, options[i]->name, strlen(options[i]->name)),
					 options[i]);
		}
	}
}

/* ---- Help, man page and completion say the same ----------------------------------------------------------------- */

/* Where a section of the text begins; the test fails if it has none. */
static const char *section_of(const char *text, const char *head)
{
	const char *found = strstr(text, head);

	if (!found)
		fail_msg("no section: %s", head);
	return found;
}

/* Appends the names of all options that are explained in the text up to `end` (NULL: to its end); `mark` is what stands before a name. */
static void find_names(const char *text, const char *end, const char *mark, struct strv *ret)
{
	while ((text = strstr(text, mark)) && (!end || text < end)) {
		size_t length;

		text += strlen(mark);
		length = strspn(text, "abcdefghijklmnopqrstuvwxyz");
		strv_push_take(ret, xmemdupz(text, length));
	}
}

/* The options of the table, and no other, are explained in the text. */
static void assert_explained(const struct option *table, const struct strv *names)
{
	size_t count = 0;

	for (const struct option *option = table; option && *option->name; option++, count++) {
		if (!strv_contains_nocase(names, option->name))
			fail_msg("-%s is not explained", option->name);
	}
	assert_int_equal(names->count, count);
}

static void test_help_explains_every_option(void **state)
{
	for (const struct command *const *command = command_table; *command; command++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
		CLEANUP_STRV struct strv own = STRV_INIT;
		CLEANUP_STRV struct strv common = STRV_INIT;
		const char *end;

		help_command(*command, &text);
		end = section_of(text.data, "\nOptions of every verb:\n");
		find_names(text.data, end, "\n  -", &own);
		find_names(end, NULL, "\n  -", &common);
		assert_explained((*command)->options, &own);
		assert_explained(option_common, &common);
	}
}

static void test_man_page_explains_every_option(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRV struct strv common = STRV_INIT;
	const char *verbs_end, *common_end;

	help_man(&text);
	verbs_end = section_of(text.data, "\n.SH OPTIONS OF EVERY VERB\n");
	common_end = section_of(text.data, "\n.SH EXIT STATUS\n");
	for (const struct command *const *command = command_table; *command; command++) {
		CLEANUP_FREE char *head = xasprintf("\n.SS %s\n", (*command)->name);
		CLEANUP_STRV struct strv own = STRV_INIT;
		const char *begin = section_of(text.data, head) + strlen(head);
		const char *next = strstr(begin, "\n.SS ");

		find_names(begin, next && next < verbs_end ? next : verbs_end, ".TP\n.B \\-", &own);
		assert_explained((*command)->options, &own);
	}
	find_names(verbs_end, common_end, ".TP\n.B \\-", &common);
	assert_explained(option_common, &common);
}

static void test_man_page_has_no_more_verbs_than_the_table(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	size_t in_table = 0, in_page = 0;

	help_man(&text);
	for (const struct command *const *command = command_table; *command; command++)
		in_table++;
	for (const char *at = text.data; (at = strstr(at, "\n.SS ")); at++)
		in_page++;
	assert_int_equal(in_page, in_table);
}

static void test_completion_offers_every_option(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	help_bash(&text);
	for (const struct command *const *command = command_table; *command; command++) {
		CLEANUP_FREE char *head = xasprintf("'%s')\n", (*command)->name);
		const struct option *options[OPTION_LIMIT];
		size_t count = option_list((*command)->options, options);
		CLEANUP_STRV struct strv words = STRV_INIT;
		const char *begin = strchr(section_of(text.data, head), '"') + 1;
		CLEANUP_FREE char *line = xmemdupz(begin, strcspn(begin, "\""));

		strv_split(&words, line, " ");
		assert_int_equal(words.count, count);
		for (size_t i = 0; i < count; i++) {
			CLEANUP_FREE char *word = xasprintf("-%s%s", options[i]->name, *options[i]->value ? "=" : "");

			assert_true(strv_contains_nocase(&words, word));
		}
	}
}

static void test_overview_names_every_verb(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	help_overview(&text);
	for (const struct command *const *command = command_table; *command; command++) {
		CLEANUP_FREE char *line = xasprintf("\n  %s ", (*command)->name);

		(void)section_of(text.data, line);
	}
	for (const char *at = text.data; *at; at += strcspn(at, "\n") + 1)
		assert_true(strcspn(at, "\n") <= 104);
}

/* ---- Advice ----------------------------------------------------------------------------------------------------- */

static char *text_copy(const char *text)
{
	return xstrdup(text);
}

static struct ledger_step a_step(enum step_state state)
{
	return (struct ledger_step){
		.number = 4,
		.description = text_copy("Stop it"),
		.machine = text_copy("localhost"),
		.instruction = text_copy("Pull the plug"),
		.type = STEP_TYPE_STOP,
		.automated = true,
		.state = state,
	};
}

/* The advice as one text: "WHAT|COMMAND|COMMAND". */
static void assert_advice_text(const struct advice *advice, const char *expected)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, advice->text);
	for (size_t i = 0; i < advice->commands.count; i++)
		strbuf_addf(&text, "|%s", advice->commands.items[i]);
	assert_string_equal(text.data, expected);
}

static void assert_advice(struct ledger_step step, const char *expected)
{
	CLEANUP(advice_release) struct advice advice = { 0 };

	advice_make("AX7", &step, "me", " -ledger=l.db", &advice);
	assert_advice_text(&advice, expected);
	ledger_step_release(&step);
}

static void assert_advice_in_progress(enum settle_verdict verdict, const char *expected)
{
	CLEANUP(ledger_step_release) struct ledger_step step = a_step(STATE_IN_PROGRESS);
	CLEANUP(advice_release) struct advice advice = { 0 };

	advice_make_in_progress("AX7", &step, verdict, " -ledger=l.db", &advice);
	assert_advice_text(&advice, expected);
}

#define RUN "|runbook execute -runbookid=AX7"
#define LOGS "|runbook logs -runbookid=AX7 -stepid=4 -ledger=l.db"
#define AGAIN RUN " -rerunstep=4 -ledger=l.db"
#define COMPLETE RUN " -setstepcomplete=4 -reason='…' -ledger=l.db"

static void test_advice_for_each_state(void **state)
{
	struct ledger_step manual = a_step(STATE_NOT_STARTED);
	struct ledger_step other = a_step(STATE_NOT_STARTED);

	assert_advice(a_step(STATE_NOT_STARTED), "Step 4 is next" RUN " -ledger=l.db");
	assert_advice(a_step(STATE_IN_PROGRESS),
		      "Step 4 is running; follow it, or take it up if it ended while nobody looked"
		      "|runbook attach -runbookid=AX7 -ledger=l.db" RUN " -ledger=l.db");
	assert_advice(a_step(STATE_FAILED), "Step 4 failed: mend the cause, then run it again" LOGS AGAIN);
	assert_advice(a_step(STATE_TIMED_OUT),
		      "Step 4 took longer than it may: mend the cause, then run it again" LOGS AGAIN);
	assert_advice(
		a_step(STATE_INTERRUPTED),
		"How step 4 ended is not known: find out what it did, then run it again or take it as done" LOGS AGAIN
			COMPLETE);
	manual.automated = false;
	assert_advice(manual, "Step 4 waits for you: Pull the plug" COMPLETE);
	free(other.machine);
	other.machine = text_copy("m2");
	assert_advice(
		other,
		"Step 4 is for machine m2: import the exported runbook there, execute and export it, and take over here "
		"what it exported|runbook export -runbookid=AX7 -runbookfile=AX7.xml -ledger=l.db|runbook "
		"mergestepdata -runbookid=AX7 -runbookfile=AX7-m2.xml -ledger=l.db");
}

static void test_advice_for_what_became_of_an_attempt(void **state)
{
	assert_advice_in_progress(SETTLE_RUNNING, "Step 4 is running; follow it, or take it up if nobody does"
						  "|runbook attach -runbookid=AX7 -ledger=l.db" RUN " -ledger=l.db");
	assert_advice_in_progress(SETTLE_FINISHED,
				  "Step 4 has ended, and how is not recorded yet; record it and go on" RUN
				  " -ledger=l.db");
	assert_advice_in_progress(SETTLE_NEVER_RAN, "Step 4 was about to begin; go on" RUN " -ledger=l.db");
	assert_advice_in_progress(SETTLE_LOST,
				  "Step 4 does not run any more, and how it ended cannot be known; record that" RUN
				  " -ledger=l.db");
}

static void test_advice_when_all_is_done(void **state)
{
	CLEANUP(advice_release) struct advice advice = { 0 };

	advice_make("AX7", NULL, "me", "", &advice);
	assert_string_equal(advice.text, "All steps are done");
	assert_int_equal(advice.commands.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables_are_well_formed),
		cmocka_unit_test(test_help_explains_every_option),
		cmocka_unit_test(test_man_page_explains_every_option),
		cmocka_unit_test(test_man_page_has_no_more_verbs_than_the_table),
		cmocka_unit_test(test_completion_offers_every_option),
		cmocka_unit_test(test_overview_names_every_verb),
		cmocka_unit_test(test_advice_for_each_state),
		cmocka_unit_test(test_advice_for_what_became_of_an_attempt),
		cmocka_unit_test(test_advice_when_all_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
