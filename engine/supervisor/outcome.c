// SPDX-License-Identifier: MIT
#include "engine/supervisor/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "engine/supervisor/name_value.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define OUTCOME_HEADER "# runbook outcome 1\n"
#define OUTCOME_END "end=outcome\n"

void outcome_release(struct outcome *outcome)
{
	free(outcome->not_started);
	free(outcome->left_behind);
	*outcome = (struct outcome)OUTCOME_INIT;
}

static void add_text(struct strbuf *text, const char *name, const char *value)
{
	/* Escaping may double it; three texts of this length still fit into the reserved space. */
	CLEANUP_FREE char *cut = value ? xmemdupz(value, strnlen(value, 600)) : NULL;

	if (cut)
		name_value_add(text, name, cut);
}

void outcome_format(const struct outcome *outcome, struct strbuf *ret)
{
	strbuf_add_str(ret, OUTCOME_HEADER);
	name_value_add_number(ret, "exit_code", outcome->exit_code);
	name_value_add_number(ret, "signal", outcome->signal);
	name_value_add_number(ret, "timed_out", outcome->timed_out);
	name_value_add_number(ret, "stopped", outcome->stopped);
	name_value_add_number(ret, "oom_killed", (int64_t)outcome->oom_killed);
	name_value_add_number(ret, "ended_ns", outcome->ended_ns);
	name_value_add_number(ret, "duration_ns", outcome->duration_ns);
	name_value_add_number(ret, "cpu_us", outcome->cpu_us);
	name_value_add_number(ret, "peak_memory_kb", outcome->peak_memory_kb);
	name_value_add_number(ret, "log_dropped_bytes", (int64_t)outcome->log_dropped_bytes);
	add_text(ret, "not_started", outcome->not_started);
	add_text(ret, "left_behind", outcome->left_behind);
	strbuf_add_str(ret, OUTCOME_END);
}

static bool parse_number(const char *value, int64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoll(value, &end, 10);
	return *value && !*end && errno == 0;
}

static bool take_number(struct outcome *outcome, const char *name, const char *value)
{
	int64_t number;

	if (!parse_number(value, &number))
		return false;
	if (strcmp(name, "exit_code") == 0 && number >= -1 && number <= 255)
		outcome->exit_code = (int)number;
	else if (strcmp(name, "signal") == 0 && number >= 0 && number <= 127)
		outcome->signal = (int)number;
	else if (strcmp(name, "timed_out") == 0)
		outcome->timed_out = number != 0;
	else if (strcmp(name, "stopped") == 0)
		outcome->stopped = number != 0;
	else if (strcmp(name, "oom_killed") == 0)
		outcome->oom_killed = (uint64_t)number;
	else if (strcmp(name, "ended_ns") == 0)
		outcome->ended_ns = number;
	else if (strcmp(name, "duration_ns") == 0)
		outcome->duration_ns = number;
	else if (strcmp(name, "cpu_us") == 0)
		outcome->cpu_us = number;
	else if (strcmp(name, "peak_memory_kb") == 0)
		outcome->peak_memory_kb = number;
	else if (strcmp(name, "log_dropped_bytes") == 0)
		outcome->log_dropped_bytes = (uint64_t)number;
	else
		return false;
	return true;
}

static bool take_pair(void *context, const char *name, const char *value)
{
	struct outcome *outcome = context;

	if (strcmp(name, "end") == 0)
		return true;
	if (strcmp(name, "not_started") == 0 && !outcome->not_started)
		outcome->not_started = xstrdup(value);
	else if (strcmp(name, "left_behind") == 0 && !outcome->left_behind)
		outcome->left_behind = xstrdup(value);
	else
		return take_number(outcome, name, value);
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);

	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* It ends with its last line or, in the space that was reserved for it, with the blank behind that. A sector that is missing is blank, too. */
static bool is_whole(const char *text)
{
	return strncmp(text, OUTCOME_HEADER, strlen(OUTCOME_HEADER)) == 0 && ends_with(text, "\n" OUTCOME_END);
}

bool outcome_parse(const char *text, struct outcome *ret, struct error *err)
{
	CLEANUP(outcome_release) struct outcome outcome = OUTCOME_INIT;
	unsigned line;

	if (!is_whole(text))
		return error_set(err, ERROR_UNKNOWN, "the outcome is torn or of another version of this program");
	if (!name_value_each(text, take_pair, &outcome, &line))
		return error_set(err, ERROR_UNKNOWN, "line %u of the outcome is not understood", line);
	if (outcome.exit_code < 0 && !outcome.signal && !outcome.not_started)
		return error_set(err, ERROR_UNKNOWN, "the outcome does not say how the step ended");
	*ret = outcome;
	outcome = (struct outcome)OUTCOME_INIT;
	return true;
}

static bool look_for(const char *folder, const char *name, bool *ret_found, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, name);

	return fs_look_for(path, ret_found, err);
}

/* A folder or a flood in its place says as little as a torn one; a disk that cannot be read may say more later. */
static bool read_text(const char *folder, const char *name, struct strbuf *ret, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, name);

	if (fs_read_file(path, OUTCOME_RESERVED_BYTES, ret, err))
		return true;
	if (err->code == ERROR_INPUT)
		err->code = ERROR_UNKNOWN;
	return false;
}

/*
 * What a supervisor wrote that was killed, or lost its power, before it gave it its name. Only from `started` on it can be nothing but that or blank: before, the disk may still hold
 * what was in this place long ago.
 */
static bool read_unnamed(const char *folder, struct strbuf *ret, bool *ret_found, struct error *err)
{
	*ret_found = false;
	if (!look_for(folder, ATTEMPT_STARTED, ret_found, err) || !*ret_found)
		return !error_is_set(err);
	*ret_found = read_text(folder, ATTEMPT_OUTCOME_RESERVED, ret, err) && is_whole(ret->data);
	if (!*ret_found && error_is_set(err) && err->code != ERROR_UNKNOWN)
		return false;
	error_release(err);
	return true;
}

static bool sync_unnamed(const char *folder, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, ATTEMPT_OUTCOME_RESERVED);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* Gone: it has got its name by now, and was durable before. */
	if (fd < 0)
		return errno == ENOENT || error_set_errno(err, errno, "%s", path);
	return fs_sync(fd, path, err);
}

/* In this order: from one look to the next it may get its name. */
bool outcome_look(const char *folder, bool *ret_found, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	return read_unnamed(folder, &text, ret_found, err) &&
	       (*ret_found || look_for(folder, ATTEMPT_OUTCOME, ret_found, err));
}

bool outcome_read(const char *folder, struct outcome *ret, bool *ret_found, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!read_unnamed(folder, &text, ret_found, err))
		return false;
	if (*ret_found)
		return sync_unnamed(folder, err) && outcome_parse(text.data, ret, err);
	if (!look_for(folder, ATTEMPT_OUTCOME, ret_found, err) || !*ret_found)
		return !error_is_set(err);
	strbuf_set_length(&text, 0);
	return read_text(folder, ATTEMPT_OUTCOME, &text, err) &&
	       (outcome_parse(text.data, ret, err) || error_prefix(err, "%s/" ATTEMPT_OUTCOME, folder));
}
