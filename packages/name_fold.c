// SPDX-License-Identifier: MIT
#include "packages/name_fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "runbook/base/alloc.h"

static bool is_ascii(const char *name)
{
	for (; *name; name++)
		if (*name & 0x80)
			return false;
	return true;
}

static char *fold_ascii(const char *name)
{
	char *key = xstrdup(name);

	for (char *p = key; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return key;
}

char *name_fold(const char *name)
{
	const utf8proc_option_t how = UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD;
	utf8proc_uint8_t *key = NULL;
	utf8proc_ssize_t length;

	if (is_ascii(name))
		return fold_ascii(name);
	length = utf8proc_map((const utf8proc_uint8_t *)name, 0, &key, how);
	if (length == UTF8PROC_ERROR_NOMEM)
		abort();
	return length < 0 ? fold_ascii(name) : (char *)key;
}
