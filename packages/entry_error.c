// SPDX-License-Identifier: MIT
#include "packages/entry_error.h"

#include <stdarg.h>
#include <string.h>

#include "runbook/base/utf8.h"

/* Longer names are cut in messages. */
enum { SHOWN_BYTES = 300 };

static bool set(struct error *err, enum error_code code, const char *name, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static bool set(struct error *err, enum error_code code, const char *name, const char *format, va_list args)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, "entry \"");
	strbuf_add_visible(&text, name, SHOWN_BYTES);
	strbuf_add_str(&text, "\": ");
	strbuf_vaddf(&text, format, args);
	return error_set(err, code, "%s", text.data);
}

bool entry_needs_memory(struct error *err, const char *message)
{
	if (!strstr(message, "allocate memory") && !strstr(message, "too much memory") &&
	    !strcasestr(message, "out of memory"))
		return false;
	(void)error_set(err, ERROR_REFUSED,
			"needs more memory to be unpacked than the limit; pack it once more with a smaller dictionary, "
			"unless it is made to do harm");
	return true;
}

bool entry_refused(struct error *err, const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)set(err, ERROR_REFUSED, name, format, args);
	va_end(args);
	return false;
}

bool entry_damaged(struct error *err, const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)set(err, ERROR_INPUT, name, format, args);
	va_end(args);
	return false;
}
