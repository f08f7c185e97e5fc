// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>

#include "engine/interpreter.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static void test_first_lines(void **state)
{
	static const struct {
		const char *line;
		const char *words[3];
	} cases[] = {
		{ "#!/bin/sh\necho", { "/bin/sh" } },
		{ "#! /usr/bin/env  python3 -u \n", { "/usr/bin/env", "python3 -u" } },
		{ "#!/bin/sh\r\n", { "/bin/sh" } },
		{ "#!/bin/sh -e", { "/bin/sh", "-e" } },
		{ "#!\n", { NULL } },
		{ "# /bin/sh\n", { NULL } },
		{ "", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_STRV struct strv words = STRV_INIT;
		size_t count = 0;

		interpreter_parse_line(cases[i].line, strlen(cases[i].line), &words);
		for (; cases[i].words[count]; count++)
			assert_string_equal(words.items[count], cases[i].words[count]);
		assert_int_equal(words.count, count);
	}
}

static void test_parameters(void **state)
{
	(void)state;
	assert_true(interpreter_declares_parameter("<# help #>\r\nPARAM (\n [string]$logdir = 'x', $b)\n", "LogDir"));
	assert_true(interpreter_declares_parameter("param([Parameter(Mandatory=$true)]$a, $LogDir)", "LogDir"));
	assert_false(interpreter_declares_parameter("param($a)\n$LogDir = 1", "LogDir"));
	assert_false(interpreter_declares_parameter("param($LogDirectory)", "LogDir"));
	assert_false(interpreter_declares_parameter("$LogDir", "LogDir"));
	assert_false(interpreter_declares_parameter("param", "LogDir"));
}

static bool resolve(const char *name, const char *text, mode_t mode, struct strv *argv, struct error *err)
{
	char folder[] = "/tmp/test-interpreter-XXXXXX";
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = -1;
	bool fine;

	assert_non_null(mkdtemp(folder));
	path = fs_join(folder, name);
	fd = open(path, O_RDWR | O_CREAT, mode);
	assert_true(fd >= 0 && fs_write_all(fd, text, strlen(text), path, err));
	fine = interpreter_resolve(path, fd, "/logs", argv, err);
	if (fine)
		assert_string_equal(fs_name_of(argv->items[argv->count - 1]), name);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	return fine;
}

static void expect_found(const char *name, const char *text, const char *interpreter)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRV struct strv argv = STRV_INIT;

	assert_true(resolve(name, text, 0600, &argv, &err));
	assert_string_equal(fs_name_of(argv.items[0]), interpreter);
	assert_int_equal(argv.items[0][0], '/');
}

static void expect_refused(const char *name, const char *text, const char *part)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRV struct strv argv = STRV_INIT;

	assert_false(resolve(name, text, 0600, &argv, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_non_null(strstr(err.message, part));
}

static void test_resolve(void **state)
{
	(void)state;
	expect_found("a b.sh", "echo", "sh");
	expect_found("A.SH", "echo", "sh");
	expect_found("x", "#!/bin/sh\n", "sh");
	expect_found("x.py", "#!/bin/sh\n", "sh"); /* the first line is what the author wrote */
	expect_refused("x.sh", "#!/no/such/shell\n", "/no/such/shell");
	expect_refused("x.sh", "#!/usr/bin/env no-such-program\n", "no-such-program");
	expect_refused("x.bat", "@echo off", "no interpreter");
	expect_refused("x", "", "no interpreter");
	expect_refused("x", "\177ELF", "execute bit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_lines),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
