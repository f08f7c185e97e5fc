// SPDX-License-Identifier: MIT
#include "runbook/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "runbook/base/alloc.h"

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	assert(!error_is_set(err) && code != ERROR_NONE);
	va_start(args, format);
	err->message = xvasprintf(format, args);
	va_end(args);
	err->code = code;
	return false;
}

bool error_set_errno(struct error *err, int errnum, const char *format, ...)
{
	va_list args;
	CLEANUP_FREE char *what = NULL;

	va_start(args, format);
	what = xvasprintf(format, args);
	va_end(args);
	return error_set(err, ERROR_SYSTEM, "%s: %s", what, strerror(errnum));
}

bool error_prefix(struct error *err, const char *format, ...)
{
	va_list args;
	CLEANUP_FREE char *prefix = NULL;
	CLEANUP_FREE char *message = err->message;

	assert(error_is_set(err));
	va_start(args, format);
	prefix = xvasprintf(format, args);
	va_end(args);
	err->message = xasprintf("%s: %s", prefix, message);
	return false;
}

bool error_add_line(struct error *err, const char *format, ...)
{
	va_list args;
	CLEANUP_FREE char *line = NULL;
	CLEANUP_FREE char *message = err->message;

	assert(error_is_set(err));
	va_start(args, format);
	line = xvasprintf(format, args);
	va_end(args);
	err->message = xasprintf("%s\n%s", message, line);
	return false;
}

void error_release(struct error *err)
{
	free(err->message);
	*err = (struct error)ERROR_INIT;
}
