// SPDX-License-Identifier: MIT
#include "engine/json_value.h"

#include <stdlib.h>
#include <string.h>

#include "logs/excerpt.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/strbuf.h"

void json_value_init(void)
{
	json_set_alloc_funcs(xmalloc, free);
}

json_t *json_value_text(const char *text)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT, escaped = STRBUF_INIT;
	json_t *value;

	mask_text(text, strlen(text), &masked);
	value = json_string(masked.data);
	if (value)
		return value;
	excerpt_escape(masked.data, masked.length, &escaped);
	return json_string(escaped.data);
}

json_t *json_value_bytes(const char *text, size_t length)
{
	CLEANUP_STRBUF struct strbuf escaped = STRBUF_INIT;
	json_t *value = json_stringn(text, length);

	if (value)
		return value;
	excerpt_escape(text, length, &escaped);
	return json_stringn(escaped.data, escaped.length);
}

json_t *json_value_time(int64_t wall_ns)
{
	char text[CLOCK_TEXT_SIZE];

	if (!wall_ns)
		return json_null();
	clock_format_utc(wall_ns, text);
	return json_string(text);
}

json_t *json_value_duration(int64_t duration_ns)
{
	return duration_ns < 0 ? json_null() : json_integer(duration_ns / 1000000);
}

json_t *json_value_known(int64_t value, int64_t least)
{
	return value < least ? json_null() : json_integer(value);
}
