// SPDX-License-Identifier: MIT
#include "packages/entry_name.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/relative_path.h"
#include "runbook/base/strv.h"
#include "runbook/base/utf8.h"

/* Of digest_list.h and signature_record.h. Also in a folder: that can be the package root. */
#define OWN_PREFIX ".runbook-"

/* The device names of Windows, with or without anything behind a dot. */
static bool is_reserved(const char *part)
{
	static const char *const words[] = { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$" };
	size_t length = strcspn(part, ".");

	while (length && part[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == length && strncasecmp(part, words[i], length) == 0)
			return true;
	return length == 4 && (strncasecmp(part, "COM", 3) == 0 || strncasecmp(part, "LPT", 3) == 0) &&
	       part[3] >= '1' && part[3] <= '9';
}

static const char *check_part(const char *part)
{
	size_t length = strlen(part);

	if (length > NAME_MAX)
		return "has a part longer than 255 bytes";
	if (strncasecmp(part, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
		return "is kept for what runbook notes about a package, its digests and its signature";
	if (strchr(part, ':'))
		return "holds a colon, which names a drive or a stream on Windows";
	if (part[length - 1] == '.' || part[length - 1] == ' ')
		return "ends in a dot or a space, which Windows drops";
	if (is_reserved(part))
		return "is reserved by Windows for a device";
	return NULL;
}

static const char *check_path(const char *path, const struct entry_name_limits *limits)
{
	CLEANUP_STRV struct strv parts = STRV_INIT;

	if (strlen(path) > limits->path_bytes)
		return "is longer than the limit";
	strv_split(&parts, path, "/");
	if (parts.count > (size_t)limits->depth + 1)
		return "lies deeper than the limit";
	for (size_t i = 0; i < parts.count; i++) {
		const char *reason = check_part(parts.items[i]);

		if (reason)
			return reason;
	}
	return NULL;
}

/* `./`, as `tar -C folder -c .` begins. */
static bool is_root(const char *name)
{
	return *name == '.' && name[strspn(name, "./\\")] == '\0' && !strstr(name, "..");
}

const char *entry_name_normalise(const char *name, const struct entry_name_limits *limits, char **ret)
{
	CLEANUP_FREE char *path = NULL;
	const char *reason;

	if (utf8_valid_prefix(name, strlen(name)) != strlen(name))
		return "is not UTF-8";
	if (is_root(name)) {
		*ret = xstrdup("");
		return NULL;
	}
	reason = relative_path_normalise(name, &path);
	if (!reason)
		reason = check_path(path, limits);
	if (!reason)
		*ret = TAKE(path);
	return reason;
}
