// SPDX-License-Identifier: MIT
#include "engine/interpreter.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static const struct {
	const char *extension;
	const char *words[4];
} known[] = {
	{ ".sh", { "sh" } },
	{ ".py", { "python3" } },
	{ ".pl", { "perl" } },
	{ ".ps1", { "pwsh", "-NoProfile", "-NonInteractive", "-File" } },
};

/* A PowerShell param block stands at the top; no script has 64 KiB of comment before it. */
enum { HEAD_BYTES = 64 * 1024 };

void interpreter_parse_line(const char *text, size_t length, struct strv *ret_words)
{
	const char *end = memchr(text, '\n', length);
	CLEANUP_STRBUF struct strbuf line = STRBUF_INIT;
	size_t first;

	if (length < 2 || memcmp(text, "#!", 2) != 0)
		return;
	strbuf_add(&line, text + 2, (end ? (size_t)(end - text) : length) - 2);
	strbuf_trim(&line);
	first = strcspn(line.data, " \t");
	if (!first)
		return;
	strv_push_take(ret_words, xmemdupz(line.data, first));
	first += strspn(line.data + first, " \t");
	if (line.data[first])
		strv_push(ret_words, line.data + first);
}

static bool is_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *find_param_block(const char *text)
{
	const char *found = text;

	while ((found = strcasestr(found, "param"))) {
		const char *behind = found + strlen("param");

		behind += strspn(behind, " \t\r\n");
		if (*behind == '(' && (found == text || !is_identifier(found[-1])))
			return behind;
		found++;
	}
	return NULL;
}

bool interpreter_declares_parameter(const char *text, const char *name)
{
	const char *block = find_param_block(text);
	size_t length = strlen(name);
	int depth = 0;

	for (; block && *block; block++) {
		depth += (*block == '(') - (*block == ')');
		if (!depth)
			return false;
		if (*block == '$' && strncasecmp(block + 1, name, length) == 0 && !is_identifier(block[1 + length]))
			return true;
	}
	return false;
}

/* False with errno set if it cannot be known. */
static bool is_program(const char *path, bool *ret)
{
	*ret = access(path, X_OK) == 0;
	return *ret || errno == ENOENT || errno == ENOTDIR || errno == EACCES;
}

bool interpreter_find(const char *name, char **ret)
{
	CLEANUP_STRV struct strv folders = STRV_INIT;
	bool found = false;

	*ret = NULL;
	if (strchr(name, '/'))
		strv_push(&folders, "");
	else
		strv_split(&folders, INTERPRETER_PATH, ":");
	for (size_t i = 0; i < folders.count && !found; i++) {
		CLEANUP_FREE char *path = fs_join(folders.items[i], name);

		if (!is_program(path, &found))
			return false;
		if (found)
			*ret = TAKE(path);
	}
	return true;
}

static bool must_find(const char *name, const char *script, char **ret_path, struct error *err)
{
	if (!interpreter_find(name, ret_path))
		return error_set_errno(err, errno, "%s: its interpreter %s", script, name);
	if (*ret_path)
		return true;
	return error_set(err, ERROR_INPUT, "%s: its interpreter %s is not on this machine; install it", script, name);
}

/* `#!/usr/bin/env python3`: that env exists says nothing about python3. */
static bool check_env(const struct strv *words, const char *script, struct error *err)
{
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_FREE char *path = NULL;

	if (words->count < 2 || strcmp(fs_name_of(words->items[0]), "env") != 0)
		return true;
	strv_split(&parts, words->items[1], " \t");
	for (size_t i = 0; i < parts.count; i++)
		if (parts.items[i][0] != '-' && !strchr(parts.items[i], '='))
			return must_find(parts.items[i], script, &path, err);
	return true;
}

static bool use_line(const struct strv *words, const char *script, struct strv *argv, struct error *err)
{
	CLEANUP_FREE char *path = NULL;

	if (!must_find(words->items[0], script, &path, err) || !check_env(words, script, err))
		return false;
	strv_push_take(argv, TAKE(path));
	if (words->count > 1)
		strv_push(argv, words->items[1]);
	strv_push(argv, script);
	return true;
}

static bool use_extension(const char *script, struct strv *argv, struct error *err)
{
	const char *extension = strrchr(fs_name_of(script), '.');
	char *path;

	for (size_t i = 0; extension && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(extension, known[i].extension) != 0)
			continue;
		if (!must_find(known[i].words[0], script, &path, err))
			return false;
		strv_push_take(argv, path);
		for (size_t word = 1; word < 4 && known[i].words[word]; word++)
			strv_push(argv, known[i].words[word]);
		strv_push(argv, script);
		return true;
	}
	return error_set(err, ERROR_INPUT, "%s: no interpreter is known for it; begin it with a #! line", script);
}

static bool use_program(const char *script, struct strv *argv, struct error *err)
{
	if (access(script, X_OK) < 0)
		return error_set(err, ERROR_INPUT, "%s: a program without the execute bit; call it from a script",
				 script);
	strv_push(argv, script);
	return true;
}

bool interpreter_resolve(const char *script_path, int script_fd, const char *log_folder, struct strv *ret_argv,
			 struct error *err)
{
	CLEANUP_STRV struct strv words = STRV_INIT;
	CLEANUP_FREE char *head = xmalloc(HEAD_BYTES + 1);
	ssize_t length = pread(script_fd, head, HEAD_BYTES, 0);

	if (length < 0)
		return error_set_errno(err, errno, "%s", script_path);
	head[length] = '\0';
	interpreter_parse_line(head, (size_t)length, &words);
	if (words.count)
		return use_line(&words, script_path, ret_argv, err);
	if (length >= 4 && memcmp(head, "\177ELF", 4) == 0)
		return use_program(script_path, ret_argv, err);
	if (!use_extension(script_path, ret_argv, err))
		return false;
	if (strcmp(fs_name_of(ret_argv->items[0]), "pwsh") == 0 && interpreter_declares_parameter(head, "LogDir")) {
		strv_push(ret_argv, "-LogDir");
		strv_push(ret_argv, log_folder);
	}
	return true;
}
