// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "engine/commands/option.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/problem.h"

enum { DEFAULTS_LIMIT_BYTES = 64 * 1024 };

void option_defaults_release(struct option_defaults *defaults)
{
	for (size_t i = 0; i < defaults->count; i++) {
		free(defaults->items[i].name);
		free(defaults->items[i].value);
	}
	free(defaults->items);
	free(defaults->file);
	*defaults = (struct option_defaults)OPTION_DEFAULTS_INIT;
}

static char *trimmed(const char *text, size_t length)
{
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	strbuf_add(&sb, text, length);
	strbuf_trim(&sb);
	return strbuf_detach(&sb);
}

/* The value without the quotes around it. */
static char *unquoted(const char *text)
{
	char *value = trimmed(text, strlen(text));
	size_t length = strlen(value);

	if (length < 2 || value[0] != '"' || value[length - 1] != '"')
		return value;
	memmove(value, value + 1, length - 2);
	value[length - 2] = '\0';
	return value;
}

static bool is_known(const struct option_defaults *defaults, const char *name)
{
	for (size_t i = 0; i < defaults->count; i++) {
		if (strcasecmp(defaults->items[i].name, name) == 0)
			return true;
	}
	return false;
}

static void add_line(struct option_defaults *defaults, const char *text, unsigned line, struct problem_list *problems)
{
	size_t length = strcspn(text, "=");
	CLEANUP_FREE char *name = trimmed(text, length);

	if (!text[length] || !*name)
		problem_add(problems, defaults->file, line, "not a line of the form name=value");
	else if (is_known(defaults, name))
		problem_add(problems, defaults->file, line, "%s is set twice", name);
	else {
		defaults->items = xgrow(defaults->items, defaults->count, &defaults->alloc, sizeof(*defaults->items));
		defaults->items[defaults->count++] =
			(struct option_default){ TAKE(name), unquoted(text + length + 1), line };
	}
}

/* Cuts the text into lines in place. */
static void add_lines(struct option_defaults *defaults, char *text, struct problem_list *problems)
{
	unsigned line = 1;

	for (char *next; text; text = next, line++) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		text += strspn(text, " \t\r");
		if (*text && *text != '#')
			add_line(defaults, text, line, problems);
	}
}

static bool read_file(const char *path, struct strbuf *ret, struct error *err)
{
	return fs_check_owned_path(path, "defaults file", err) && fs_read_file(path, DEFAULTS_LIMIT_BYTES, ret, err);
}

bool option_defaults_read(const char *path, struct option_defaults *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP(option_defaults_release) struct option_defaults defaults = OPTION_DEFAULTS_INIT;

	if (access(path, F_OK) < 0)
		return errno == ENOENT || errno == ENOTDIR || error_set_errno(err, errno, "%s", path);
	if (!read_file(path, &text, err))
		return false;
	defaults.file = xstrdup(path);
	if (strlen(text.data) != text.length)
		problem_add(&problems, path, 0, "holds a NUL byte: not a text file");
	else
		add_lines(&defaults, text.data, &problems);
	if (!problem_list_none(&problems, ERROR_INPUT, err))
		return false;
	*ret = defaults;
	defaults = (struct option_defaults)OPTION_DEFAULTS_INIT;
	return true;
}
