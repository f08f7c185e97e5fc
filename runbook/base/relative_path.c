// SPDX-License-Identifier: MIT
#include "runbook/base/relative_path.h"

#include <stdbool.h>
#include <string.h>

#include "runbook/base/strbuf.h"
#include "runbook/base/strv.h"
#include "runbook/base/utf8.h"

/* ASCII by hand: what is a letter must not depend on the caller's locale. */
static bool has_drive(const char *path)
{
	return ((*path >= 'A' && *path <= 'Z') || (*path >= 'a' && *path <= 'z')) && path[1] == ':';
}

static const char *check(const char *path)
{
	if (!*path)
		return "is empty";
	if (*path == '/' || *path == '\\')
		return "is absolute";
	if (has_drive(path))
		return "has a drive letter";
	if (utf8_has_control(path))
		return "holds a control character";
	return NULL;
}

const char *relative_path_normalise(const char *path, char **ret)
{
	CLEANUP_STRV struct strv parts = STRV_INIT;
	CLEANUP_STRBUF struct strbuf clean = STRBUF_INIT;
	const char *reason = check(path);

	if (reason)
		return reason;
	strv_split(&parts, path, "/\\");
	for (size_t i = 0; i < parts.count; i++) {
		if (strcmp(parts.items[i], "..") == 0)
			return "leaves its folder";
		if (strcmp(parts.items[i], ".") == 0)
			continue;
		if (clean.length)
			strbuf_add_char(&clean, '/');
		strbuf_add_str(&clean, parts.items[i]);
	}
	if (!clean.length)
		return "is empty";
	*ret = strbuf_detach(&clean);
	return NULL;
}
