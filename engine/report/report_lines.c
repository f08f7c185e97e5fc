// SPDX-License-Identifier: MIT
/* The text that the end of a failed attempt was recorded with, taken apart: what diagnose_format() wrote, and the last lines of the log. */
#include <stdlib.h>
#include <string.h>

#include "engine/report/report.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"

static const char between[] = "\nthe last lines:\n";

static void replace(char **text, struct strbuf *with)
{
	free(*text);
	*text = strbuf_detach(with);
}

/* The rest of a line that begins with the label; NULL: it does not. */
static const char *behind(const char *line, const char *label)
{
	size_t length = strlen(label);

	return strncmp(line, label, length) == 0 ? line + length : NULL;
}

/* A failing line, unless it is among the last ones anyway. */
static void take_failing_line(const char *line, const char *last_lines, struct strbuf *ret)
{
	const char *text = strstr(line, ": ");

	if (!text || strstr(last_lines, text + 2))
		return;
	strbuf_add_str(ret, text + 2);
	strbuf_add_char(ret, '\n');
}

static void take_line(const char *line, const char *last_lines, struct report_attempt *attempt, struct strbuf *failing)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const char *cause = behind(line, "cause: "), *action = behind(line, "do: ");

	if (behind(line, "line "))
		take_failing_line(line, last_lines, failing);
	if (!cause && !action)
		return;
	strbuf_add_str(&text, cause ? cause : action);
	strbuf_trim(&text);
	replace(cause ? &attempt->cause : &attempt->action, &text);
}

void report_take_lines(const char *recorded, struct report_attempt *attempt)
{
	CLEANUP_STRBUF struct strbuf lines = STRBUF_INIT;
	CLEANUP_FREE char *text = mask_string(recorded);
	char *last_lines = strstr(text, between);

	if (last_lines) {
		CLEANUP_STRV struct strv known = STRV_INIT;

		*last_lines = '\0';
		last_lines += strlen(between);
		strv_split(&known, text, "\n");
		for (size_t i = 0; i < known.count; i++)
			take_line(known.items[i], last_lines, attempt, &lines);
	}
	strbuf_add_str(&lines, last_lines ? last_lines : text);
	while (lines.length && lines.data[lines.length - 1] == '\n')
		strbuf_set_length(&lines, lines.length - 1);
	replace(&attempt->lines, &lines);
}
