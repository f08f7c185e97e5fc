// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/json_value.h"
#include "logs/excerpt.h"
#include "logs/mask.h"

void output_init(void)
{
	json_value_init();
}

bool output_is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDOUT_FILENO);
	return known == 1;
}

const char *output_colour(enum output_colour colour)
{
	static const char *const sequences[] = { "\033[0m", "\033[32m", "\033[31m", "\033[33m" };
	const char *no_colour = getenv("NO_COLOR");

	return output_is_terminal() && !(no_colour && *no_colour) ? sequences[colour] : "";
}

void output_text(const char *text, size_t length)
{
	CLEANUP_STRBUF struct strbuf escaped = STRBUF_INIT;

	if (output_is_terminal()) {
		excerpt_escape(text, length, &escaped);
		text = escaped.data;
		length = escaped.length;
	}
	(void)fwrite(text, 1, length, stdout);
}

void output_line(const char *format, ...)
{
	CLEANUP_STRBUF struct strbuf line = STRBUF_INIT, masked = STRBUF_INIT;
	va_list args;

	va_start(args, format);
	strbuf_vaddf(&line, format, args);
	va_end(args);
	mask_text(line.data, line.length, &masked);
	strbuf_add_char(&masked, '\n');
	output_text(masked.data, masked.length);
}

json_t *output_json_text(const char *text)
{
	return json_value_text(text);
}

json_t *output_json_time(int64_t wall_ns)
{
	return json_value_time(wall_ns);
}

void output_json_add_problems(json_t *array, const struct problem_list *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&problems->items[i], &text);
		(void)json_array_append_new(array, output_json_text(text.data));
	}
}

void output_json(json_t *value)
{
	(void)json_dumpf(value, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(value);
}

void output_json_part(const char *name, json_t *value, bool first)
{
	(void)fputs(first ? "\n  " : ",\n  ", stdout);
	if (name)
		(void)printf("\"%s\": ", name);
	(void)json_dumpf(value, stdout, JSON_ENCODE_ANY);
	json_decref(value);
}

static void print_escaped(const char *prefix, const char *text)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT, escaped = STRBUF_INIT;

	mask_text(text, strlen(text), &masked);
	excerpt_escape(masked.data, masked.length, &escaped);
	(void)fprintf(stderr, "%s%s\n", prefix, escaped.data);
}

void output_error(const struct error *err)
{
	print_escaped("runbook: ", err->message);
}

void output_warnings(const struct problem_list *warnings)
{
	for (size_t i = 0; i < warnings->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&warnings->items[i], &text);
		print_escaped("runbook: warning: ", text.data);
	}
	if (warnings->left_out)
		(void)fprintf(stderr, "runbook: warning: … and %zu more\n", warnings->left_out);
}
