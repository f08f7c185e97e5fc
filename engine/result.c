// SPDX-License-Identifier: MIT
#include "engine/result.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "engine/supervisor/name_value.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { RESULT_LIMIT_BYTES = 1024 * 1024 };

void result_release(struct result *result)
{
	free(result->skip);
	strv_release(&result->output_names);
	strv_release(&result->output_values);
	*result = (struct result)RESULT_INIT;
}

static bool take_pair(void *context, const char *name, const char *value)
{
	static const char output[] = "output.";
	struct result *result = context;

	if (strcmp(name, "reboot") == 0 && strcmp(value, "next") == 0) {
		result->reboot = RESULT_REBOOT_NEXT;
	} else if (strcmp(name, "reboot") == 0 && strcmp(value, "same") == 0) {
		result->reboot = RESULT_REBOOT_SAME;
	} else if (strcmp(name, "skip") == 0 && *value) {
		free(result->skip);
		result->skip = xstrdup(value);
	} else if (strncmp(name, output, sizeof(output) - 1) == 0 && name[sizeof(output) - 1]) {
		strv_push(&result->output_names, name + sizeof(output) - 1);
		strv_push(&result->output_values, value);
	} else {
		return false;
	}
	return true;
}

/* What the step wrote there is on disk: not for longer than it takes to read it. */
static bool conceal(const char *path, struct strbuf *text, struct error *err)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT, original = *text;

	mask_text(original.data, original.length, &masked);
	*text = masked;
	masked = (struct strbuf)STRBUF_INIT;
	return (text->length == original.length && memcmp(text->data, original.data, text->length) == 0) ||
	       fs_write_atomic(path, text->data, text->length, FS_MODE_FILE, err);
}

bool result_read(const char *path, struct result *ret, struct error *err)
{
	CLEANUP(result_release) struct result result = RESULT_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	unsigned line;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return true;
	if (!fs_read_file(path, RESULT_LIMIT_BYTES, &text, err) || !conceal(path, &text, err))
		return false;
	if (!name_value_each(text.data, take_pair, &result, &line))
		return error_set(
			err, ERROR_INPUT,
			"%s:%u: not understood; known are reboot=next, reboot=same, skip=REASON, output.NAME=VALUE",
			path, line);
	*ret = result;
	result = (struct result)RESULT_INIT;
	return true;
}

/* In the file a value is escaped; on a command line it is as it is. */
static bool add_word(const char *word, struct strbuf *text, struct error *err)
{
	CLEANUP(result_release) struct result result = RESULT_INIT;
	const char *equals = strchr(word, '=');
	CLEANUP_FREE char *name = xmemdupz(word, equals ? (size_t)(equals - word) : 0);

	if (!equals || strpbrk(name, "\n#") || !take_pair(&result, name, equals + 1))
		return error_set(
			err, ERROR_USAGE,
			"%s: not understood; known are reboot=next, reboot=same, skip=REASON, output.NAME=VALUE", word);
	name_value_add(text, name, equals + 1);
	return true;
}

bool result_add(const char *path, char *const *words, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FD int fd = -1;

	for (; *words; words++)
		if (!add_word(*words, &text, err))
			return false;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, FS_MODE_FILE);
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	/* One write: two of us at once do not mix. */
	return fs_write_all(fd, text.data, text.length, path, err) && fs_sync(fd, path, err);
}
