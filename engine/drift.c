// SPDX-License-Identifier: MIT
#include "engine/drift.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine/interpreter.h"
#include "engine/supervisor/name_value.h"
#include "engine/supervisor/outcome.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { STARTED_LIMIT_BYTES = 64 * 1024, SHOWN = 12 };

void drift_release(struct drift *drift)
{
	for (size_t i = 0; i < drift->count; i++)
		free(drift->items[i].path);
	free(drift->items);
	*drift = (struct drift)DRIFT_INIT;
}

static struct drift_program *find_or_add(struct drift *drift, const char *path)
{
	for (size_t i = 0; i < drift->count; i++)
		if (strcmp(drift->items[i].path, path) == 0)
			return &drift->items[i];
	drift->items = xgrow(drift->items, drift->count, &drift->alloc, sizeof(*drift->items));
	drift->items[drift->count] = (struct drift_program){ .path = xstrdup(path) };
	return &drift->items[drift->count++];
}

static bool digest_program(struct drift *drift, const char *path, const char **ret, struct error *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct drift_program *program = find_or_add(drift, path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	if (!*program->digest || !fs_is_unchanged(&program->st, &st)) {
		program->st = st;
		if (!digest_fd(fd, path, program->digest, err))
			return false;
	}
	*ret = program->digest;
	return true;
}

/* `env`, or what it will start; NULL if that cannot be told. */
static bool find_program(const struct strv *argv, size_t first, char **ret, struct error *err)
{
	CLEANUP_STRV struct strv words = STRV_INIT;

	*ret = NULL;
	if (strcmp(fs_name_of(argv->items[first]), "env") != 0) {
		*ret = xstrdup(argv->items[first]);
		return true;
	}
	strv_split(&words, argv->items[first + 1], " \t");
	for (size_t i = 0; i < words.count; i++)
		if (words.items[i][0] != '-' && !strchr(words.items[i], '='))
			return interpreter_find(words.items[i], ret) ||
			       error_set_errno(err, errno, "%s", words.items[i]);
	return true;
}

bool drift_describe(struct drift *drift, const struct strv *argv, size_t first, char **ret, struct error *err)
{
	CLEANUP_FREE char *path = NULL;
	const char *digest = NULL;

	*ret = NULL;
	/* The script alone: a program, whose digest is known as the script's. */
	if (argv->count < first + 2)
		return true;
	if (!find_program(argv, first, &path, err))
		return false;
	if (!path)
		return true;
	if (!digest_program(drift, path, &digest, err))
		return false;
	*ret = xasprintf("%s %s", digest, path);
	return true;
}

static bool take_pair(void *context, const char *name, const char *value)
{
	char **found = context;

	if (strcmp(name, STARTED_INTERPRETER) == 0 && !*found)
		*found = xstrdup(value);
	return true;
}

char *drift_read(const char *attempt_folder)
{
	CLEANUP_FREE char *path = fs_join(attempt_folder, ATTEMPT_STARTED);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	char *found = NULL;
	unsigned line;

	if (fs_read_file(path, STARTED_LIMIT_BYTES, &text, &unreadable))
		(void)name_value_each(text.data, take_pair, &found, &line);
	return found;
}

bool drift_compare(const char *then, const char *now, char **ret_what)
{
	const char *path_then = then ? strchr(then, ' ') : NULL;
	const char *path_now = now ? strchr(now, ' ') : NULL;

	if (!path_then || !path_now || strcmp(then, now) == 0)
		return false;
	if (strcmp(path_then, path_now) == 0)
		*ret_what = xasprintf("the interpreter%s has changed (SHA-256 %.*s…, now %.*s…)", path_now, SHOWN, then,
				      SHOWN, now);
	else
		*ret_what = xasprintf("the interpreter was%s (SHA-256 %.*s…) and is now%s (SHA-256 %.*s…)", path_then,
				      SHOWN, then, path_now, SHOWN, now);
	return true;
}

bool drift_compare_root(const char *attempt_folder_then, const char *root_now, char **ret_what)
{
	static const char below[] = "/" WORK_FOLDER_NAME "/";
	size_t length = strlen(root_now);
	const char *end = strstr(attempt_folder_then, below);

	if (!end || (strncmp(attempt_folder_then, root_now, length) == 0 &&
		     strncmp(attempt_folder_then + length, below, strlen(below)) == 0))
		return false;
	*ret_what = xasprintf("the package root was %.*s and is now %s: it has changed",
			      (int)(end - attempt_folder_then), attempt_folder_then, root_now);
	return true;
}
