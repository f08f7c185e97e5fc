// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/commands/nearest.h"
#include "engine/commands/option.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static const struct option table[] = {
	{ .name = "runbookid", .kind = OPTION_TEXT, .value = "ID", .required = true, .help = "x" },
	{ .name = "runbookfile", .kind = OPTION_FILE, .value = "FILE", .help = "x" },
	{ .name = "stepid", .kind = OPTION_NUMBER, .value = "N", .minimum = 1, .maximum = UINT32_MAX, .help = "x" },
	{ .name = "logcap", .kind = OPTION_NUMBER, .value = "BYTES", .minimum = 4096, .help = "x" },
	{ .name = "etwmanifest", .kind = OPTION_TEXT, .value = "auto|always|never", .help = "x" },
	{ .name = "backup", .kind = OPTION_FLAG, .value = "true|false", .help = "x" },
	{ .name = "packagepath", .kind = OPTION_TEXT, .value = "PATH", .help = "the verb's own, not the common one" },
	OPTION_END,
};

/* A parse of words that are given blank by blank; `-runbookid=x` is always among them. */
struct parsed {
	struct option_values *values;
	struct error err;
	bool ok;
};

static void parsed_release(struct parsed *parsed)
{
	option_values_free(parsed->values);
	error_release(&parsed->err);
}

#define CLEANUP_PARSED CLEANUP(parsed_release)

static struct parsed parse_with(char *const *words, const struct option_defaults *defaults)
{
	struct parsed parsed = { NULL, ERROR_INIT, false };

	parsed.ok = option_parse(table, words, defaults, &parsed.values, &parsed.err);
	assert_int_equal(parsed.ok, !error_is_set(&parsed.err));
	assert_int_equal(parsed.ok, parsed.values != NULL);
	return parsed;
}

#define PARSE(...) parse_with((char *const[]){ (char *)"-runbookid=x", __VA_ARGS__, NULL }, NULL)
#define WORD(text) ((char *)(text))

static void assert_usage(struct parsed *parsed, const char *message)
{
	assert_false(parsed->ok);
	assert_int_equal(parsed->err.code, ERROR_USAGE);
	assert_string_equal(parsed->err.message, message);
	parsed_release(parsed);
	*parsed = (struct parsed){ NULL, ERROR_INIT, false };
}

static void test_every_form_is_the_same(void **state)
{
	char *const forms[][4] = {
		{ WORD("-runbookid=AX7"), NULL },          { WORD("--runbookid=AX7"), NULL },
		{ WORD("--runbookid"), WORD("AX7") },      { WORD("-runbookid"), WORD("AX7"), NULL },
		{ WORD("-RunbookID=AX7"), NULL },          { WORD("--RUNBOOKID"), WORD("AX7"), NULL },
		{ WORD("-json"), WORD("-runbookId=AX7") },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		CLEANUP_PARSED struct parsed parsed = parse_with(forms[i], NULL);

		assert_true(parsed.ok);
		assert_string_equal(option_text(parsed.values, "runbookid"), "AX7");
		assert_true(option_is_given(parsed.values, "runbookid"));
		assert_false(option_is_given(parsed.values, "runbookfile"));
		assert_int_equal(option_operands(parsed.values)->count, 0);
	}
}

static void test_values_are_kept_as_they_are(void **state)
{
	CLEANUP_PARSED struct parsed parsed = PARSE(WORD("-runbookfile=a folder/\"x\"=y.xml"), WORD("--reason"),
						    WORD(" because of  it "), WORD("-machine=-odd"));

	assert_true(parsed.ok);
	assert_string_equal(option_text(parsed.values, "runbookfile"), "a folder/\"x\"=y.xml");
	assert_string_equal(option_text(parsed.values, "reason"), " because of  it ");
	assert_string_equal(option_text(parsed.values, "machine"), "-odd");
	assert_null(option_text(parsed.values, "ledger"));
}

static void test_flags(void **state)
{
	CLEANUP_PARSED struct parsed alone =
		PARSE(WORD("-backup"), WORD("-json"), WORD("FALSE"), WORD("-quiet"), WORD("other"));
	CLEANUP_PARSED struct parsed off = PARSE(WORD("-Backup=False"));
	CLEANUP_PARSED struct parsed bad = PARSE(WORD("-json=yes"), WORD("-backup="));

	assert_true(option_flag(alone.values, "backup", false));
	assert_false(option_flag(alone.values, "json", true));
	assert_true(option_flag(alone.values, "quiet", false));
	assert_int_equal(option_operands(alone.values)->count, 1);
	assert_string_equal(option_operands(alone.values)->items[0], "other");
	assert_false(option_flag(off.values, "backup", true));
	assert_true(option_flag(off.values, "quiet", true));
	assert_usage(&bad, "option -json=yes: must be one of true|false\n"
			   "option -backup needs a value: -backup=true|false");
}

static void test_numbers(void **state)
{
	CLEANUP_PARSED struct parsed good = PARSE(WORD("-stepid=4294967295"), WORD("-logcap"), WORD("4096"));
	CLEANUP_PARSED struct parsed high = PARSE(WORD("-stepid=4294967296"), WORD("-logcap=4095"));
	CLEANUP_PARSED struct parsed none = PARSE(WORD("-stepid=0"), WORD("-logcap=99999999999999999999"));
	const char *const bad[] = { "-stepid=-1", "-stepid=+1",   "-stepid= 1",
				    "-stepid=1x", "-stepid=0x10", "-stepid=1.5" };

	assert_int_equal(option_number(good.values, "stepid", 7), UINT32_MAX);
	assert_int_equal(option_number(good.values, "logcap", 7), 4096);
	assert_usage(&high, "option -stepid=4294967296: must be a whole number from 1 to 4294967295\n"
			    "option -logcap=4095: must be a whole number from 4096 up");
	assert_usage(&none, "option -stepid=0: must be a whole number from 1 to 4294967295\n"
			    "option -logcap=99999999999999999999: must be a whole number from 4096 up");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CLEANUP_PARSED struct parsed parsed = PARSE(WORD(bad[i]));

		assert_false(parsed.ok);
		assert_int_equal(parsed.err.code, ERROR_USAGE);
	}
}

static void test_number_falls_back(void **state)
{
	CLEANUP_PARSED struct parsed parsed = PARSE(WORD("-json"));

	assert_int_equal(option_number(parsed.values, "stepid", 7), 7);
}

static void test_choices(void **state)
{
	CLEANUP_PARSED struct parsed good = PARSE(WORD("-etwmanifest=ALWAYS"));
	CLEANUP_PARSED struct parsed bad = PARSE(WORD("-etwmanifest=alway"));

	assert_string_equal(option_text(good.values, "etwmanifest"), "always");
	assert_usage(&bad, "option -etwmanifest=alway: must be one of auto|always|never");
}

static void test_unknown_names_the_nearest(void **state)
{
	CLEANUP_PARSED struct parsed parsed =
		PARSE(WORD("-runbokfile=x"), WORD("--JSN"), WORD("-runbookfile:x"), WORD("-="));

	assert_false(parsed.ok);
	assert_usage(&parsed, "unknown option -runbokfile; the nearest is -runbookfile\n"
			      "unknown option -JSN; the nearest is -json\n"
			      "unknown option -runbookfile:x; the nearest is -runbookfile\n"
			      "unknown option -; the nearest is -json");
}

static void test_all_problems_at_once(void **state)
{
	char *const words[] = { WORD("-stepid"),       WORD("-json"),    WORD("-runbookfile="),
				WORD("-reason=a"),     WORD("--Reason"), WORD("b"),
				WORD("-runbookfil=y"), WORD("-machine"), NULL };
	CLEANUP_PARSED struct parsed parsed = parse_with(words, NULL);

	assert_usage(&parsed, "option -stepid needs a value: -stepid=N\n"
			      "option -runbookfile needs a value: -runbookfile=FILE\n"
			      "option -reason is given twice\n"
			      "unknown option -runbookfil; the nearest is -runbookfile\n"
			      "option -machine needs a value: -machine=NAME\n"
			      "option -runbookid=ID is missing");
}

static void test_operands(void **state)
{
	CLEANUP_PARSED struct parsed parsed =
		PARSE(WORD("first"), WORD("-"), WORD("-reason"), WORD("-"), WORD("--"), WORD("-json"), WORD("--"));
	const struct strv *operands = option_operands(parsed.values);

	assert_int_equal(operands->count, 4);
	assert_string_equal(operands->items[0], "first");
	assert_string_equal(operands->items[1], "-");
	assert_string_equal(operands->items[2], "-json");
	assert_string_equal(operands->items[3], "--");
	assert_string_equal(option_text(parsed.values, "reason"), "-");
	assert_false(option_flag(parsed.values, "json", false));
}

static void test_own_option_hides_the_common_one(void **state)
{
	const struct option *options[OPTION_LIMIT];
	size_t count = option_list(table, options);
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += strcmp(options[i]->name, "packagepath") == 0;
	assert_int_equal(found, 1);
	assert_string_equal(option_find(table, "PackagePathX", 11)->value, "PATH");
	assert_string_equal(option_find(NULL, "packagepath", 11)->value, "DIR");
	assert_null(option_find(table, "nothing", 7));
}

/* ---- The defaults file ---------------------------------------------------------------------------------------- */

/* A file with this content, in a folder of its own; forget_file() removes both. */
static char *write_file(const char *text)
{
	char folder[] = "/tmp/test-option-XXXXXX";
	CLEANUP_ERROR struct error err = ERROR_INIT;
	char *path;

	assert_non_null(mkdtemp(folder));
	path = fs_join(folder, "runbook.conf");
	assert_true(fs_write_atomic(path, text, strlen(text), FS_MODE_FILE, &err));
	return path;
}

static void forget_file(char *path)
{
	CLEANUP_FREE char *folder = fs_folder_of(path);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_remove_tree(folder, &err));
	free(path);
}

static void test_defaults(void **state)
{
	char *path = write_file("# defaults\n\n  RetryPause = 3\r\nstepid=8\npackagepath= \"/srv/my  package\" \n"
				"etwmanifest=Never\nreason=\"\nbackup=false\nrunbookid=conf");
	char *const words[] = { WORD("-stepid=9"), NULL };
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PARSED struct parsed parsed = { NULL, ERROR_INIT, false };

	assert_true(option_defaults_read(path, &defaults, &err));
	forget_file(path);
	assert_int_equal(defaults.count, 7);
	assert_string_equal(defaults.items[0].name, "RetryPause");
	assert_int_equal(defaults.items[0].line, 3);
	parsed = parse_with(words, &defaults);
	assert_true(parsed.ok);
	assert_string_equal(option_text(parsed.values, "runbookid"), "conf");
	assert_int_equal(option_number(parsed.values, "stepid", 0), 9);
	assert_string_equal(option_text(parsed.values, "etwmanifest"), "never");
	assert_string_equal(option_text(parsed.values, "reason"), "\"");
	assert_false(option_flag(parsed.values, "backup", true));
	assert_false(option_is_given(parsed.values, "backup"));
}

static void test_defaults_of_a_wrong_value(void **state)
{
	char *path = write_file("runbookid=a\nstepid=none\njson=perhaps\n");
	char *const words[] = { WORD("-json"), NULL };
	char *const wrong[] = { WORD("-nothing"), NULL };
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *message =
		xasprintf("%s:2: option -stepid=none: must be a whole number from 1 to 4294967295", path);

	assert_true(option_defaults_read(path, &defaults, &err));
	forget_file(path);
	{
		CLEANUP_PARSED struct parsed parsed = parse_with(words, &defaults);
		CLEANUP_PARSED struct parsed both = parse_with(wrong, &defaults);

		assert_int_equal(parsed.err.code, ERROR_INPUT);
		assert_string_equal(parsed.err.message, message);
		assert_int_equal(both.err.code, ERROR_USAGE);
	}
}

static void test_defaults_file_with_errors(void **state)
{
	char *path = write_file("json=true\nwhat\n=x\nJSON=false\n");
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *message = xasprintf("%s:2: not a line of the form name=value\n"
					       "%s:3: not a line of the form name=value\n%s:4: JSON is set twice",
					       path, path, path);

	assert_false(option_defaults_read(path, &defaults, &err));
	forget_file(path);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.message, message);
	assert_int_equal(defaults.count, 0);
}

static void test_defaults_file_that_is_missing(void **state)
{
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(option_defaults_read("/nowhere/runbook.conf", &defaults, &err));
	assert_int_equal(defaults.count, 0);
	assert_false(option_defaults_read("/", &defaults, &err));
	assert_int_equal(err.code, ERROR_INPUT);
}

static void test_nearest(void **state)
{
	CLEANUP_STRV struct strv names = STRV_INIT;

	assert_int_equal(nearest_distance("", ""), 0);
	assert_int_equal(nearest_distance("abc", ""), 3);
	assert_int_equal(nearest_distance("", "abc"), 3);
	assert_int_equal(nearest_distance("execute", "EXECUTE"), 0);
	assert_int_equal(nearest_distance("exceute", "execute"), 1);
	assert_int_equal(nearest_distance("kitten", "sitting"), 3);
	assert_int_equal(nearest_distance("sitting", "kitten"), 3);
	assert_null(nearest_name("x", &names));
	strv_split(&names, "export,execute,executestep,import", ",");
	assert_string_equal(nearest_name("exceute", &names), "execute");
	assert_string_equal(nearest_name("exp", &names), "export");
	assert_string_equal(nearest_name("executes", &names), "executestep");
	assert_string_equal(nearest_name("inport", &names), "import");
	assert_string_equal(nearest_name("zzz", &names), "export");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_is_the_same),
		cmocka_unit_test(test_values_are_kept_as_they_are),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_number_falls_back),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_unknown_names_the_nearest),
		cmocka_unit_test(test_all_problems_at_once),
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_own_option_hides_the_common_one),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_defaults_of_a_wrong_value),
		cmocka_unit_test(test_defaults_file_with_errors),
		cmocka_unit_test(test_defaults_file_that_is_missing),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
